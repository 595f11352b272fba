"""A key log as evidence: how many secrets it holds. What they open is told with the captures."""

from __future__ import annotations

from sekisho.analyzers.capture.keys.key_log import MAX_BYTES, KeyLog
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ByteRange
from sekisho.model.observation import Property
from sekisho.model.problem import Coverage, CoverageStatus, Problem
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words

NOT_ALL_READ = "SEK-P327"


class KeyLogAnalyzer:
    """Counts the secrets of a key log; never tells one."""

    id = AnalyzerId("capture.keys/1")
    kinds = frozenset((EvidenceKind.KEY_LOG,))
    packs: tuple[str, ...] = ()
    doc = AnalyzerDoc(
        title=Words("Key log for captures", "通信記録の鍵ログ"),
        reads="the text format of SSLKEYLOGFILE; its secrets open the TLS of the captures beside it",
        observes=("property tls_secrets",),
        references=("draft-ietf-tls-keylogfile",),
        limitations=(
            Words(
                "RSA premaster secrets and secrets of QUIC's later packets open nothing here.",
                "RSAプリマスターシークレットと、QUICの初期以降のパケットの秘密は使わない。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:  # noqa: ARG002 - asked of all
        """Say how many secrets there are, and how many lines are none."""
        evidence = source.evidence
        with source.content.open("rb") as file:
            log = KeyLog.read(file.read(MAX_BYTES + 1))
        said = Property(
            loci=(ByteRange(evidence.id, 0, int(evidence.size)),),
            analyzer=self.id,
            name="tls_secrets",
            value=str(len(log)),
        )
        problems = []
        if log.unread or log.is_cut:
            problems.append(
                Problem(
                    code=NOT_ALL_READ,
                    details={"lines": str(log.unread)},
                    evidence=evidence.id,
                    path=evidence.path,
                    parent=evidence.parent,
                    analyzer=self.id,
                    blocks_clean=False,
                )
            )
        coverage = Coverage(evidence=evidence.id, analyzer=self.id, status=CoverageStatus.LOOKED)
        return Findings(observations=(said,), problems=tuple(problems), coverage=(coverage,))
