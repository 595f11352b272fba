"""Make the sample signing keys anew. The apps signed with them must then be built and committed too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

KEYS = Path(__file__).parent / "keys"
HOLDERS = {
    "kaze": ("Foehn Flight Apps", "Foehn Dynamics B.V.", "NL"),
    "mizu": ("Mizu Ground", "Mizu Robotics K.K.", "JP"),
    "hoshi": ("Hoshi Fly", "Hoshi Systems K.K.", "JP"),
}


def make_key(app: str, common: str, organisation: str, country: str) -> None:
    """Write a key and its self-signed certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    (KEYS / f"{app}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (KEYS / f"{app}.pk8").write_bytes(der)


if __name__ == "__main__":
    for app, (common, organisation, country) in HOLDERS.items():
        make_key(app, common, organisation, country)
