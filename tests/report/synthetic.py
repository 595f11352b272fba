"""A made-up review in which every section of the report has something to show."""

from __future__ import annotations

from datetime import date

from sekisho.model.assessment import (
    Contradiction,
    Controller,
    CountryOpinion,
    JudgedFlow,
    Judgement,
    KnownRecipient,
    LeakAssessment,
    ListMatch,
    OriginAssessment,
    OwedTest,
)
from sekisho.model.case import Case
from sekisho.model.determination import (
    Citation,
    ClauseKind,
    ClauseValue,
    Confidence,
    Determination,
    Effect,
    Missing,
    Need,
    Outcome,
)
from sekisho.model.dossier import Article, Dossier, NamedRecipient
from sekisho.model.evidence import CaptureConditions, Custody, Evidence, EvidenceKind, Phase
from sekisho.model.fact import Assertion, Fact
from sekisho.model.flow import DataCategory, Modality, Protection, Recipient, Volume
from sekisho.model.locus import JsonPointer, PcapFrame, TableRow, ZipEntry
from sekisho.model.observation import (
    Behaviour,
    Claim,
    Component,
    Flow,
    Observation,
    Ownership,
    PartKind,
    PartsListing,
    Party,
    Property,
    Voice,
    observation_id,
)
from sekisho.model.problem import Coverage, CoverageStatus, Message, Problem
from sekisho.model.review import Review
from sekisho.model.truth import Truth
from sekisho.model.units import (
    AnalyzerId,
    Bytes,
    CountryCode,
    EvidenceId,
    FactKey,
    ObservationId,
    Sha256,
)
from sekisho.model.words import Words

APP = EvidenceId(Sha256("a1" * 32))
CAPTURE = EvidenceId(Sha256("b2" * 32))
ELSEWHERE = EvidenceId(Sha256("c3" * 32))
LONG_HOST = ".".join(["a" * 60] * 5) + ".example"
SPOOFED_PATH = "evidence/app/\u202egpj.kpa\u202c\x1b[2J<script>alert(1)</script>.apk"
DAY = date(2026, 11, 1)
EFFECTS = {
    Outcome.PROHIBITED: Effect.MAY_NOT,
    Outcome.UNDETERMINED: Effect.MAY_NOT_UNTIL_SHOWN,
    Outcome.CONDITIONAL: Effect.MAY_UNDER_CONDITIONS,
    Outcome.PERMITTED: Effect.MAY,
    Outcome.NOT_APPLICABLE: Effect.MAY,
}
JP = CountryCode("JP")


def _seen(evidence: EvidenceId) -> tuple[ZipEntry | PcapFrame, ...]:
    if evidence == CAPTURE:
        return (PcapFrame(evidence, 7, 1024, 60), ZipEntry(APP, "classes.dex", 16, 8))
    return tuple(ZipEntry(evidence, f"lib/{number}.so", number, 4) for number in range(1, 8))


A = AnalyzerId("made.up/1")
OBSERVATIONS: tuple[Observation, ...] = (
    Component(
        loci=(TableRow(APP, 3, "Parts"),), analyzer=A, ref="camera-1", name="C" * 200,
        kind=PartKind.CAMERA, version="1.0-\u202e0.9", maker="株式会社カゼ光学", made_in=JP,
    ),
    Component(loci=_seen(APP), analyzer=A, ref="x", name="part without more"),
    PartsListing(loci=_seen(APP), analyzer=A, scope="article", parts=2, says_complete=None),
    Party(loci=_seen(APP), analyzer=A, name="Foehn Dynamics B.V.", role="signer"),
    Ownership(loci=_seen(APP), analyzer=A, owner="Foehn", owned="Kaze", share=0.625, source="r"),
    Ownership(loci=_seen(APP), analyzer=A, owner="Other", owned="Kaze"),
    Flow(
        loci=_seen(CAPTURE), analyzer=A, origin="192.168.1.2",
        recipient=Recipient(host=LONG_HOST, address="193.0.6.139", port=443),
        modality=Modality.OBSERVED, protocol="http", protection=Protection.CLEAR,
        categories=(DataCategory.POSITION, DataCategory.DEVICE_IDENTIFIER),
        carried=("imei", "<img src=x onerror=alert(1)>"), phase=Phase.FLIGHT,
        volume=Volume(sent=Bytes(123456), received=Bytes(99), packets=12),
    ),
    Flow(
        loci=_seen(APP), analyzer=A, origin="app", recipient=Recipient(),
        modality=Modality.POSSIBLE, protocol="https", protection=Protection.PROTECTED,
    ),
    Behaviour(loci=_seen(APP), analyzer=A, name="packed_code", details={"packer": "X" * 3000}),
    Property(loci=_seen(APP), analyzer=A, name="url", value="http://x.example/" + "q" * 5000),
    Claim(
        loci=(JsonPointer(ELSEWHERE, "/declares/0", 4),), analyzer=A, fact="data.leaks",
        value="false", by="Kaze Aero K.K.", voice=Voice.MAKER,
    ),
)  # fmt: skip
IDS = tuple(observation_id(seen) for seen in OBSERVATIONS)
UNKNOWN_ID = ObservationId("0" * 16)
SAYS_YES = Assertion(
    fact=FactKey("data.leaks"), value="true", voice=Voice.OBSERVED, by="made.up/1", rests_on=IDS
)
SAYS_NO = Assertion(
    fact=FactKey("data.leaks"), value="false", voice=Voice.MAKER, by="Kaze Aero K.K."
)
LEAKS = Fact(
    key=FactKey("data.leaks"), value="true", assertions=(SAYS_YES,), set_aside=(SAYS_NO,) * 9
)
DISPUTED = Fact(
    key=FactKey("component[camera-1].made_in"),
    value=None,
    disputed=True,
    assertions=(SAYS_YES, SAYS_NO),
)
BODY = Fact(key=FactKey("body"), value="jp.national_organ")
CASE = Case(
    act="buy", task="criminal_investigation", body="jp.national_organ", on=DAY, acquired=DAY
)


def _clause(number: int, confidence: Confidence, *, in_force: bool = True) -> ClauseValue:
    return ClauseValue(
        id=f"made-up.{number}",
        kind=list(ClauseKind)[number % 5],
        value=list(Truth)[number % 3],
        in_force=in_force,
        words=Words("No aircraft that leaks data.", "データを漏えいする機体は用いない。"),
        citation=Citation(
            text=f"para. {number}",
            confidence=confidence,
            sources=("UASJAPAN", "NOWHERE"),
            note=Words("The number was not seen.", "番号は未確認。"),
        ),
        since=DAY,
        until=DAY,
    )


def _need(relation: str) -> Need:
    return Need(
        fact=FactKey("takeover.protected"),
        relation=relation,
        operands=("true",),
        question=Words("Has it been shown?", "示されたか。"),
        shown_by=("laboratory_report",),
    )


def _determination(outcome: Outcome) -> Determination:
    clauses = tuple(
        _clause(number, confidence, in_force=number != 2)
        for number, confidence in enumerate(Confidence)
    )
    ways = ((_need("is"), _need("is not")), (_need("in"), _need("not in")))
    dates = tuple((_need(relation),) for relation in ("<", "<=", ">", ">="))
    return Determination(
        binds=Truth.TRUE,
        regime=f"made-up-{outcome}",
        title=Words(f"Made-up act, {outcome}", f"架空の法律（{outcome}）"),
        digest=Sha256("d4" * 32),
        case=CASE,
        outcome=outcome,
        effect_now=EFFECTS[outcome],
        clauses=clauses,
        deciding=tuple(clause.id for clause in clauses),
        because=() if outcome is Outcome.UNDETERMINED else (BODY, LEAKS),
        missing=Missing(to_permit=ways, to_prohibit=dates),
        conditions=(Words("Replace it in time.", "期限内に置き換えること。"),),
        disputed=(DISPUTED.key,),
    )


def _leakage() -> LeakAssessment:
    recipient = KnownRecipient(
        name=LONG_HOST,
        party="Foehn Dynamics B.V.",
        owner="Foehn Holding",
        owner_country=CountryOpinion(country=CountryCode("NL"), source="host table"),
        countries=(
            CountryOpinion(country=CountryCode("NL"), source="registry", as_of=DAY),
            CountryOpinion(country=JP, source="another opinion"),
        ),
        named_by_body=True,
    )
    rule = Words("Lookups to the body's resolver", "機関の名前解決サーバーへの照会")
    return LeakAssessment(
        task="criminal_investigation",
        profile="criminal_investigation",
        profile_digest=Sha256("e5" * 32),
        leaks=Truth.UNKNOWN,
        flows=(
            JudgedFlow(
                flow=IDS[6], recipient=recipient, judgement=Judgement.EXCEEDS,
                reasons=(Message("SEK-P999", {"host": LONG_HOST}),),
                allowed_by="rule", corroborated_by=IDS * 2,
            ),
            JudgedFlow(
                flow=IDS[7], recipient=KnownRecipient(name="–"), judgement=Judgement.UNDECIDED,
                reasons=(),
            ),
            JudgedFlow(
                flow=UNKNOWN_ID, recipient=recipient, judgement=Judgement.NEEDED, reasons=()
            ),
        ),
        test_plan=(
            OwedTest(id="a", what=Message("SEK-P998"), wanted=10, done=2.25, unit="minutes",
                     owed=True),
            OwedTest(id="b", what=Message("SEK-P998"), wanted=1, done=1, unit="files", owed=False,
                     words=Words("Look at the app", "アプリを確認する")),
        ),
        in_the_way=(Message("SEK-P997", {"file": SPOOFED_PATH}),),
        contradictions=(
            Contradiction(claim=IDS[10], against=(IDS[6], UNKNOWN_ID), what=Message("SEK-P996")),
        ),
        title=Words("Criminal investigation", "犯罪捜査"),
        rules={"rule": rule},
    )  # fmt: skip


def _origin() -> OriginAssessment:
    return OriginAssessment(
        parts_known=2,
        matches=(
            ListMatch(
                party="Foehn Dynamics B.V.", list_id="us_1260h", entry="FOEHN DYNAMICS",
                edition=DAY, source="FR 2026-1", rests_on=IDS[:2], role="signer",
            ),
        ),
        lists_asked=("us_1260h",),
        lists_without_edition=("us_889",),
        contradictions=(
            Contradiction(claim=IDS[10], against=(IDS[3],), what=Message("SEK-P995")),
        ),
        controllers=(Controller(name="Foehn", share=0.625, rests_on=IDS[4:5]),),
        limits=(Message("SEK-P994"),),
    )  # fmt: skip


def synthetic_review() -> Review:
    """All outcomes, all kinds of findings, long and hostile strings."""
    evidence = (
        Evidence(
            id=APP, path=SPOOFED_PATH, size=Bytes(1234567), kind=EvidenceKind.APK,
            custody=Custody(obtained_from="maker's site", received_by="T. Sato", received_on=DAY),
        ),
        Evidence(
            id=CAPTURE, path="evidence/captures/" + "flight" * 40 + ".pcapng", size=Bytes(99),
            kind=EvidenceKind.PCAPNG, custody=Custody(received_by="T. Sato"),
            conditions=CaptureConditions(phase=Phase.FLIGHT, mode="normal", site="JP"),
        ),
        Evidence(
            id=EvidenceId(Sha256("f6" * 32)), path="notes.txt", size=Bytes(0),
            kind=EvidenceKind.EMPTY,
        ),
    )  # fmt: skip
    return Review(
        sekisho_version="0.0.0",
        key=Sha256("9a" * 32),
        dossier=Dossier(
            article=Article(
                kind="uas", maker="Kaze Aero K.K.", model="X1\u202e", version="<b>3</b>",
                configuration="police kit", identifiers={"serial": "KZX1-1", "fcc_id": "A" * 90},
            ),
            evidence=evidence,
            case=CASE,
            recipients=(
                NamedRecipient(host="gcs.police.example", why="our own server"),
                NamedRecipient(network="10.20.0.0/24"),
            ),
        ),
        case=CASE,
        outcome=Outcome.PROHIBITED,
        determinations=tuple(_determination(outcome) for outcome in Outcome),
        leakage=_leakage(),
        origin=_origin(),
        facts=(LEAKS, DISPUTED, BODY),
        observations=dict(zip(IDS, OBSERVATIONS, strict=True)),
        problems=(
            Problem(
                code="SEK-P993", details={"why": "x" * 400}, evidence=APP, path=SPOOFED_PATH,
                locus=ZipEntry(APP, "assets/a"), blocks_clean=True,
            ),
            Problem(code="SEK-P992"),
        ),
        coverage=(
            Coverage(
                evidence=APP, analyzer=A, status=CoverageStatus.PARTLY,
                measures={"classes": 1234.0}, unseen=(Message("SEK-P991"),),
            ),
            Coverage(evidence=ELSEWHERE, analyzer=None, status=CoverageStatus.NOT_LOOKED),
        ),
        packs={"regimes/made-up.yaml": Sha256("d4" * 32)},
    )  # fmt: skip
