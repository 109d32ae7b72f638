"""Which IP addresses a server on the open web may have: everything else is refused.

The lists follow IANA's special-purpose registries (RFC 6890 and its successors) and the platforms' own metadata
addresses. For IPv6 the rule is turned round: only global unicast 2000::/3 is allowed, less what is carved out of it.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_REFUSED_4 = tuple(
    (IPv4Network(net), why)
    for net, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carriers"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "multicast tunnels"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("168.63.129.16/32", "a cloud's own services"),
    )
)

_GLOBAL_6 = IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    (IPv6Network(net), why)
    for net, why in (
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("2620:4f:8000::/48", "AS112"),
    )
)
# outside 2000::/3 everything is refused; these only give the refusal a better word
_NAMED_6 = tuple(
    (IPv6Network(net), why)
    for net, why in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the upper half of an interface id that carries an IPv4 address


def why_refused(address: str) -> str:
    """Why nothing may be fetched from `address` (an IP address as a resolver writes it), or "" if it is a public one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "not an IP address"
    return _why_refused_4(ip) if isinstance(ip, IPv4Address) else _why_refused_6(ip)


def _why_refused_4(ip: IPv4Address) -> str:
    return next((why for net, why in _REFUSED_4 if ip in net), "")


def _why_refused_6(ip: IPv6Address) -> str:
    if ip.scope_id:
        return "link-local"
    if ip not in _GLOBAL_6:
        return next((why for net, why in _NAMED_6 if ip in net), "reserved")
    if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "ISATAP"
    return next((why for net, why in _REFUSED_6 if ip in net), "")
