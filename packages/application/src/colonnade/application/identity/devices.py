"""What people call the device that they sign in from, as far as it says itself."""

from colonnade.application.messaging import Context
from colonnade.domain.identity import Device

UNKNOWN_DEVICE = "Unknown device"

_PROGRAMS = (
    ("colonnade", "Colonnade CLI"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrom", "Chrome"),
    ("safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
_SYSTEMS = (
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_of(context: Context) -> Device:
    """Return the device that a message was sent from."""
    if context.origin is None:
        return Device(UNKNOWN_DEVICE)
    return Device(device_name(context.origin.user_agent or ""), context.origin.address)


def device_name(agent: str) -> str:
    """Return what people call a device that says this of itself."""
    said = agent.lower()
    program = next((name for mark, name in _PROGRAMS if mark in said), "Unknown program")
    system = next((name for mark, name in _SYSTEMS if mark in said), None)
    return f"{program} on {system}" if system else program
