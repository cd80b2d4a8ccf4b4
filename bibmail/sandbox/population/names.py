"""Flemish first and last names, combined at random; whoever is called so in life is not meant."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from random import Random
from typing import Final

from bibmail.sandbox.population.words import phrases, words

_GIRLS = words(
    """
    Noor Emma Olivia Louise Mila Lina Ella Julia Elena Marie Zoë Camille Juliette Nora Lotte Fien Lore
    Hanne Amber Jade Anna Liv Roos Febe Nina Alice Estée Noémie Sara Yasmina Amina Öykü Elif Aya Lena
    Oona Renée Ayla Maud Pippa Ilse-Marie Anaïs Maëlle Tess Nore Axelle
    """
)
_BOYS = words(
    """
    Noah Arthur Liam Jules Lucas Adam Louis Victor Mathis Lars Finn Senne Kobe Wout Seppe Thibo Milan
    Leon Oscar Mats Warre Stan Lowie Rune Jasper Vince Emiel Gust Raphaël Loïc Mohamed Yusuf Ömer Ayoub
    Ilyas Basiel Cyriel Jérôme Siebe Jef Tuur Robbe Bas Théo Noé Marcel
    """
)
_WOMEN = words(
    """
    Sofie An Katrien Ellen Griet Tine Leen Veerle Els Inge Kim Evelien Liesbeth Sarah Karen Joke
    Nathalie Annelies Goedele Hilde Kristel Barbara Stéphanie Charlotte Fatima Ruth Heidi Ilse Wendy
    Nele Saskia Elke Hélène Dorien Eva Lies Mieke Marijke Silke Ann-Sofie Khadija Agnieszka Öznur
    Valérie Daphné Sigrid
    """
)
_MEN = words(
    """
    Bart Tom Koen Wim Peter Stijn Jeroen Kristof Pieter Joris Geert Dries Bram Steven Tim Jan Filip Nico
    Maarten Hans Gert Kurt Dieter Wouter Frederik Yves François Karim Hassan Sven Frank Bert Niels
    Jürgen Jean-Pierre Björn Thomas Simon Matthias Ruben Jonas Laurens Kenneth Ciarán Özgür Emanuel
    """
)
_GRANDMOTHERS = words(
    """
    Maria Godelieve Rita Monique Jeannine Christiane Simonne Lutgarde Paula Denise Yvonne Marcella Annie
    Rosette Irène Georgette Magda Lea Nicole Francine Agnes Cecile Ginette Marie-Thérèse Viviane Lieve
    Mia Greta Anna Julienne Gilberte Odette Thérèse Josée Emerentia Hedwig
    """
)
_GRANDFATHERS = words(
    """
    Jozef Willy Roger André Etienne Luc Marc Guido Frans Herman Paul Walter Gilbert Raymond Hubert
    Freddy Eddy Julien Albert Lucien Hugo Roland Antoon Alfons René Omer Maurits Gaston Werner Johan Rik
    Jacques Georges Firmin Valère Honoré
    """
)

_LAST = words(
    """
    Peeters Janssens Maes Jacobs Mertens Willems Claes Goossens Wouters Smet Dubois Aerts Lemmens
    Michiels Hermans Coppens Segers Bogaert Verbeke Verhaeghe Vermeulen Vandamme Vandenbroucke Desmet
    Declercq Vercammen Verstraete Martens Baert Bauwens Cools Cornelis Daems Thijs Dierckx Eeckhout
    Gielen Geerts Hendrickx Heylen Joos Lambrecht Lauwers Leys Luyten Moens Nijs Nys Pauwels Pieters
    Poelmans Raes Roels Sels Simons Smets Stevens Stroobants Timmermans Torfs Tack Thys Vanhove Vanneste
    Verlinden Verschueren Wauters Wyckmans Ysebaert Bracke Callens Deprez Demeyer Dewulf Dumont Everaert
    Fonteyne Gevaert Haeck Impens Keirsebilck Landuyt Lippens Matthys Naessens Opsomer Praet Quintens
    Rogiers Seynaeve Thienpont Vyncke Yilmaz Öztürk Kaya Demir Haddad Bouzid Amrani Yildirim Nowak
    Popescu Silva García Müller Ibáñez Ngandu O'Brien N'Diaye D'Hondt D'hooghe D'Haene Étienne François
    Lefèvre Delvaux
    """
)
_SPACED = phrases(
    """
    De Smet| De Backer| De Clercq| De Cock| De Wilde| De Vos| De Pauw| De Ridder| De Groote| De Bruyn|
    Van Damme| Van Acker| Van Hecke| Van Dyck| Van Loo| Van Hoof| Van 't Hof| Van de Velde|
    Van de Walle| Van den Bossche| Van den Broeck| Van den Berghe| Van den Eynde| Van der Elst|
    Van der Auwera| Van der Meersch| Vanden Abeele| van den Heuvel| van der Linden| Ter Borgh| Le Roy|
    El Idrissi| Ben Salah| d'Ursel de Laet
    """
)
LAST_NAMES: Final = (*_LAST, *_LAST, *_SPACED)
PREFIXES: Final = ("Van den ", "Van der ", "Van de ", "van den ", "van der ", "De ")


def first_name(rng: Random, gender: str, age: int) -> str:
    """A first name that fits the years; grandmothers are not called Fien."""
    if age < 22:
        return rng.choice(_GIRLS if gender == "V" else _BOYS)
    if age < 58:
        return rng.choice(_WOMEN if gender == "V" else _MEN)
    return rng.choice(_GRANDMOTHERS if gender == "V" else _GRANDFATHERS)


def last_name(rng: Random) -> str:
    name = rng.choice(LAST_NAMES)
    return f"{name}-{rng.choice(_LAST)}" if rng.random() < 0.02 else name


def split_prefix(name: str) -> tuple[str, str]:
    """`Van den`, `Bossche`: the way of the few systems that keep the prefix apart."""
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return prefix.strip(), name.removeprefix(prefix)
    return "", name


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Lower case letters a-z only, for an address."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in bare if letter.isalpha())


def address(rng: Random, first: str, last: str, serial: str) -> str:
    """A mail address; the serial keeps it apart from every other address in the set."""
    given, family = plain(first), plain(last)
    pattern = int(rng.random() * 5)
    local = (
        f"{given}.{family}{serial}",
        f"{given}{serial}",
        f"{given[:1]}.{family}{serial}",
        f"{family}.{given}{serial}",
        f"{given}_{family}{serial}",
    )[pattern]
    return f"{local}@example.{'be' if rng.random() < 0.8 else 'org'}"


def shouted(rng: Random, address: str) -> str:
    """The same address with capitals, as phones and forms like to write them."""
    local, _, domain = address.partition("@")
    return rng.choice((address.upper(), f"{local.title()}@{domain}", f"{local}@{domain.title()}"))
