"""Swedish nouns of a web host's customers: how they end, and which everyday words mean one thing."""

# ruff: noqa: E501 -- word lists, one meaning a line

from __future__ import annotations

import unicodedata
from functools import lru_cache

from actions.selection.spelling import is_near

CONCEPTS: dict[str, str] = {
    "hosting": "webbhotell webhotell webbhotel webhotel hosting webbhosting webhosting hostning webbhost hotell hotel wh webbutrymme",
    "site": "hemsida hemsidan webbplats sajt sida webbsida site webben website hemside hemsidebygge webbplatsbygge",
    "email": "epost eposten epostn epast mejl mail email epostpaket epostlada mejlpaket mailpaket mailkonto mejlkonto epostkonto inkorg brevlada mejllada maillada mejladress mailadress postlada",
    "ip": "ip ipadress ipadresser ipnummer",
    "domain": "adress domanadress doman domain domannamn domaner domanfornyelse webbadress doma domn domanreg domanregistrering",
    "certificate": "ssl cert certifikat sslcertifikat sslcert tls https sakerhetscertifikat certificate hanglas krypteringscertifikat certificat sertifikat",
    "server": "server servar servrar sevr sevrar burk serverhyra maskin serv vps",
    "vps": "vps virtuell virtuella",
    "dedicated": "ded dedikerad dedicerad dedik dedikerat dedikera dedicated dedde",
    "storage": "lagring lagringsutrymme lagringsyta diskutrymme extralagring utrymme disk hdd molnlagring lagringsplats storage gigabyte gigen gig gb",
    "support": "support supportavtal supporten serviceavtal supportpaket suport",
    "migration": "migrering migrera migration migrerings flytthjalp flyttjobb flyttjobbet mailflytt mejlflytt webbflytt flytten sajtflytt",
    "backup": "backup sakerhetskopiering sakerhetskopia backuper bakup backupp",
    "license": "licens licenser licence licensavgift",
    "consulting": "konsulttimme konsulttimmar konsult konsultarbete konsulttid",
    "shop": "butik butiken webbutik webbshop ehandel shop shopp shoppen natbutik webshop",
    "phone": "telefoni vaxel iptelefoni telefonvaxel",
    "newsletter": "nyhetsbrev nyhetsbrevstjanst utskick mejlutskick mailutskick nyhetsbrevsutskick",
    "database": "databas databaser",
    "protection": "brandvagg ddos ddosskydd virusskydd spamfilter spamskydd",
    "wordpress": "wordpress wp",
    "design": "webbdesign logotyp design",
    "cloud": "moln molntjanst cloud",
    "vpn": "vpn",
    "cdn": "cdn",
    "statistics": "statistik",
    "office": "m365 o365 office office365 microsoft365 microsoft teams word excel outlook powerpoint onedrive",
    "extra": "tillagg addon tillaggstjanst",
}  # fmt: skip
_ENDINGS = [
    "ernas",
    "arnas",
    "ornas",
    "erna",
    "arna",
    "orna",
    "ens",
    "ets",
    "ts",
    "ers",
    "ars",
    "en",
    "et",
    "an",
    "ar",
    "er",
    "or",
    "na",
    "ns",
    "n",
    "t",
    "s",
    "a",
    "r",
]
_SHORTEST_STEM = 3


def fold(text: str) -> str:
    """Lower case without marks on letters, as the extractor writes words."""
    plain = unicodedata.normalize("NFD", text.lower().replace("ø", "o").replace("æ", "a"))
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


@lru_cache(maxsize=4096)
def stems(word: str) -> frozenset[str]:
    """The word and what is left of it without a Swedish noun's ending."""
    cut = {
        word.removesuffix(ending)
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM
    }
    return frozenset({word} | cut)


@lru_cache(maxsize=4096)
def concepts_of(word: str) -> frozenset[str]:
    """What a web host sells by that word, also inside a compound and with a slip of the finger."""
    forms = stems(word)
    exact = {name for name, words in CONCEPTS.items() if forms & set(words.split())}
    if exact:
        return frozenset(exact)
    return frozenset(
        name
        for name, words in CONCEPTS.items()
        if any(_is_close(form, known) for form in forms for known in words.split())
    )


@lru_cache(maxsize=4096)
def is_everyday(word: str) -> bool:
    """Whether it names a kind of service, and not one of several of that kind ("filserver")."""
    forms = stems(word)
    return any(forms & set(words.split()) for words in CONCEPTS.values())


def _is_close(form: str, known: str) -> bool:
    if len(known) >= 5 and (form.startswith(known) or is_near(form, known)):
        return True
    return len(known) >= 6 and form.endswith(known)
