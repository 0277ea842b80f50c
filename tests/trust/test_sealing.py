"""What is sealed opens for its field and person alone; keyed hashes are the same in one community alone."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as slow_hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from linli.trust import Blinder, SubjectKey, Tampered
from linli.trust.suites import SUITES, seal, unseal, works

SECRETS = st.binary(min_size=32, max_size=32)
PLACES = st.sampled_from(["register.person.name", "register.person.number", "register.person.phone", "cases.reporter.phone"])
NUMBERS = st.sampled_from(sorted(SUITES))


def test_both_suites_work_here() -> None:
    assert all(works(number) for number in SUITES)
    assert not works(99)


@given(SECRETS, NUMBERS, PLACES, st.text(), st.uuids())
def test_round_trip(secret: bytes, suite: int, place: str, text: str, subject: UUID) -> None:
    key = SubjectKey(subject, secret, suite)
    sealed = key.seal(place, text)
    assert sealed[0] == suite
    assert len(sealed) == len(text.encode()) + 29
    assert key.open(place, sealed) == text
    assert key.open(place, memoryview(sealed)) == text
    # What another suite sealed with the same key opens, too: data are sealed anew one by one.
    assert SubjectKey(subject, secret, 3 - suite).open(place, sealed) == text


@given(SECRETS, NUMBERS, st.text(min_size=1), st.uuids(), st.uuids(), st.tuples(PLACES, PLACES))
def test_a_moved_ciphertext_is_refused(
    secret: bytes, suite: int, text: str, one: UUID, other: UUID, places: tuple[str, str]
) -> None:
    sealed = SubjectKey(one, secret, suite).seal(places[0], text)
    if places[0] != places[1]:
        with pytest.raises(Tampered):
            SubjectKey(one, secret, suite).open(places[1], sealed)
    if one != other:
        with pytest.raises(Tampered):
            SubjectKey(other, secret, suite).open(places[0], sealed)
    with pytest.raises(Tampered):
        SubjectKey(one, bytes(b ^ 1 for b in secret), suite).open(places[0], sealed)


@given(SECRETS, NUMBERS, st.text(), st.data())
def test_any_flipped_bit_is_refused(secret: bytes, suite: int, text: str, data: st.DataObject) -> None:
    key = SubjectKey(UUID(int=7), secret, suite)
    sealed = bytearray(key.seal("a", text))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        key.open("a", bytes(sealed))


@given(st.binary(max_size=80), NUMBERS)
def test_noise_is_refused_without_telling_it(noise: bytes, suite: int) -> None:
    with pytest.raises(Tampered) as fault:
        SubjectKey(UUID(int=7), b"k" * 32, suite).open("register.person.name", bytes([suite]) + noise)
    assert "k" * 8 not in str(fault.value)
    assert fault.value.__cause__ is None
    assert fault.value.words.params == {}


def test_the_first_suite_is_plain_aes_gcm() -> None:
    """Another program can open it with the key and three lines."""
    subject, secret = uuid4(), os.urandom(32)
    sealed = SubjectKey(subject, secret, 1).seal("register.person.name", "张三")
    opened = AESGCM(secret).decrypt(sealed[1:13], sealed[13:], b"register.person.name\0" + subject.bytes)
    assert opened.decode() == "张三"


def test_sm4_gcm_as_published() -> None:
    """RFC 8998, appendix A.1."""
    from linli.trust.suites import Sm4Gcm

    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    text = bytes.fromhex(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    expected = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert Sm4Gcm(key).encrypt(nonce, text, associated) == expected
    assert Sm4Gcm(key).decrypt(nonce, expected, associated) == text


@given(st.binary(max_size=100), st.binary(max_size=200))
def test_keyed_hashes_agree_with_the_slow_ones(key: bytes, message: bytes) -> None:
    assert SUITES[1].mac(key)(message) == hmac.new(key, message, hashlib.sha256).digest()
    reference = slow_hmac.HMAC(key, hashes.SM3())
    reference.update(message)
    assert SUITES[2].mac(key)(message) == reference.finalize()


@given(SECRETS, SECRETS, NUMBERS, st.text(), st.text())
def test_keyed_hashes(one: bytes, other: bytes, suite: int, text: str, another: str) -> None:
    here, there = Blinder(one, suite), Blinder(other, suite)
    index = here.index("number", text)
    assert index == Blinder(one, suite).index("number", text)
    assert (index[0], len(index)) == (suite, 17)
    assert 0 <= here.token("name", text) < 1 << 24
    assert index != here.index("phone", text)
    assert index != here.print("number", text)
    assert (index == here.index("number", another)) == (text == another)
    assert (index == there.index("number", text)) == (one == other)
    assert here.prints("rows", [text.encode(), another.encode()]) == here.print("rows", text) + here.print("rows", another)


@given(SECRETS, NUMBERS, st.binary(), st.binary())
def test_secrets_under_secrets(secret: bytes, suite: int, data: bytes, associated: bytes) -> None:
    sealed = seal(SUITES[suite], secret, data, associated)
    assert unseal(secret, sealed, associated) == data
    assert unseal(secret, sealed, associated + b"x") is None
    assert unseal(secret, sealed[:-1], associated) is None
    assert unseal(secret, b"", associated) is None


def test_nothing_secret_is_printed(community: UUID) -> None:
    from linli.trust.keyring import ring

    secret = b"a very secret key of one person!"
    held = ring(str(community))
    shown = repr(SubjectKey(community, secret, 1)) + repr(Blinder(secret, 1)) + repr(held)
    assert "secret" not in shown
    assert repr(held.secret)[2:-1] not in shown
    assert repr(held.index_secret)[2:-1] not in shown


def test_the_contract(community: UUID, other_community: UUID, actor_for: Callable[..., object]) -> None:
    from linli.kernel.actor import SYSTEM
    from linli.trust import blinder, new_subjects, subject_keys
    from linli.trust.audit import trail

    with trail("test", SYSTEM, community):
        made = new_subjects(community, 3)
    sealed = made[0].key.seal("register.person.name", "张三")
    keys = subject_keys(community, [m.id for m in made] + [uuid4()])
    assert set(keys) == {m.id for m in made}
    assert keys[made[0].id].open("register.person.name", sealed) == "张三"
    assert subject_keys(community).keys() == keys.keys()
    assert subject_keys(other_community, [m.id for m in made]) == {}
    assert blinder(community).index("number", "x") == blinder(community).index("number", "x")
    assert blinder(community).index("number", "x") != blinder(other_community).index("number", "x")
