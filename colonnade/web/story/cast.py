"""Who lives in Port Alder. Everybody here is invented."""

from __future__ import annotations

from dataclasses import dataclass

from colonnade.people.models import Role

WORLD = "port_alder"
TOWN_ACCOUNT = "portalder"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who signs in: of the town hall, or a partner."""

    name: str
    email: str
    role: str = Role.MEMBER


STAFF: dict[str, Colleague] = {
    "ines": Colleague("Ines Moreau", "ines@portalder.example", Role.OWNER),
    "tomasz": Colleague("Tomasz Zielke", "tomasz@portalder.example", Role.ADMIN),
    "ana": Colleague("Ana Duarte", "ana@portalder.example", Role.ADMIN),
    "lea": Colleague("Lea Brandt", "lea@portalder.example"),
    "hr": Colleague("Henrike Vaal", "henrike@portalder.example"),
    "analyst": Colleague("Samir Haddad", "samir@portalder.example"),
    "admin": Colleague("Kasper Nyholm", "kasper@portalder.example", Role.ADMIN),
}
PARTNERS: dict[str, Colleague] = {
    "ferry": Colleague("Ruth Amsel, Alder Ferry", "ruth@alderferry.example", Role.GUEST),
    "bus": Colleague("Pavel Drott, Alder Bus", "pavel@alderbus.example", Role.GUEST),
}
ANA, TOMASZ, MAYOR = STAFF["ana"], STAFF["tomasz"], STAFF["ines"]

# Citizens: what they are called in the town's own spaces, and their account on the network.
CITIZENS: dict[str, tuple[str, str]] = {
    "okafor": ("Mrs Okafor", "okafor"),
    "jonas": ("Jonas on two wheels", "jonas_rides"),
    "edith": ("Edith, 41 years of rivets", "edith_rivets"),
    "river": ("River Watch", "riverwatch"),
    "pires": ("Família Pires, new here", "familia_pires"),
    "olav": ("Olav, nets and weather", "olav_nets"),
    "hilda": ("Hilda swims", "cold_hilda"),
    "pia": ("Pia, form 7b", "pia"),
    "rosa": ("Rosa on her rounds", "rosa_rounds"),
    "wren": ("Wren, no steps please", "wren_nosteps"),
    "karl": ("Karl pendelt", "karl_pendelt"),
    "tilda": ("Tilda, thesis due", "tilda_thesis"),
    "grumbleton": ("Old Grumbleton", "grumbleton"),
    "ola": ("Ola na promie", "ola_na_promie"),
    "sleeper": ("Light Sleeper, Quay Street", "lightsleeper"),
    "marek": ("Marek, line 4", "marek_line4"),
    "cafe": ("Harbour Café", "harbourcafe"),
    "choir": ("The Low Tide Choir", "lowtidechoir"),
}
IN_PARTNER_SPACE = ("ines", "tomasz", "ana", "lea", "ferry", "bus")
