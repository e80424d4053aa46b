"""Which network addresses a stranger may make us call: the public internet and what is expressly allowed."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        # IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # a cloud's metadata service on a public address
        "168.63.129.16/32",
        # IANA IPv6 Special-Purpose Address Registry, the part inside 2000::/3
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291, section 2.4: all that is handed out
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052, section 2.1


def is_refused(address: Address, allowed_networks: Iterable[Network]) -> bool:
    """Tell whether an address must not be called.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is judged by that: it leads there.

    Args:
        address: Where a connection would go.
        allowed_networks: Networks that may be called although they are not public.
    """
    target = _carried(address) or address
    if any(target in network or address in network for network in allowed_networks):
        return False
    if isinstance(target, IPv6Address) and target not in _GLOBAL_UNICAST:
        return True
    return any(target in network for network in _NOT_PUBLIC)


def _carried(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
