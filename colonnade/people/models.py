"""Who: a person has many identities; an identity is the author of every post."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from colonnade.access.models import Principal
from colonnade.core.fields import IdField
from colonnade.core.words import Word
from colonnade.primitives import ids
from colonnade.primitives.states import Graph

HERE = "here"  # the network name of identities that live on this server


class Role(models.TextChoices):
    """What somebody is to the organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"
    VISITOR = "visitor"


STAFF_ROLES = (Role.OWNER, Role.ADMIN, Role.MEMBER)

PERSON_STATES = Graph(
    start="active", edges={"active": ["suspended", "erased"], "suspended": ["active", "erased"]}
)


class Person(models.Model):
    """A human being, as far as we know. Whether they may sign in is the SignIn's matter.

    `listed` is somebody whom an admin brought in by a list: all of the staff know of them, also before they say anything.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.VISITOR)
    state = models.CharField(max_length=10, choices=PERSON_STATES.choices(), default="active")
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="person")
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=16, blank=True)
    listed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"


class Proof(models.TextChoices):
    """How it is known that somebody speaks through an identity, strongest first."""

    SIGNED = "signed"
    REPLIED_FROM = "replied_from"
    REL_ME = "rel_me"
    TYPED = "typed"
    GUESSED = "guessed"


class Identity(models.Model):
    """A name on a network under which somebody speaks. `domain` is the server that the address belongs to, if any."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    network = models.CharField(max_length=32)
    address = models.CharField(max_length=500)
    domain = models.CharField(max_length=255, blank=True, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    avatar_url = models.CharField(max_length=2000, blank=True)
    proof = models.CharField(max_length=12, choices=Proof.choices, default=Proof.GUESSED)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="identities", db_index=False
    )

    class Meta:
        indexes: ClassVar = [  # most identities are nobody's we know
            models.Index(
                fields=["person"], condition=models.Q(person__isnull=False), name="identity_of_person"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["network", "address"], name="identity_unique_on_its_network")
        ]

    def __str__(self) -> str:
        return self.name or self.address


class NameWord(Word):
    """A word of an identity's name or address, by whose beginning it is found."""

    pk = models.CompositePrimaryKey("word", "bearer_id")
    bearer = models.ForeignKey(Identity, models.CASCADE, related_name="+")


class Claim(models.Model):
    """ "This identity is that person": previewed, logged, reversible. The one in force is the identity's person."""

    identity = models.ForeignKey(Identity, models.CASCADE, related_name="claims")
    person = models.ForeignKey(Person, models.CASCADE, related_name="claims")
    before = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True, blank=True)


class SignIns(BaseUserManager["SignIn"]):
    """What Django's and allauth's sign-in ask for."""

    def get_by_natural_key(self, username: str | None) -> SignIn:
        return self.get(email__iexact=username)


class SignIn(AbstractBaseUser):
    """How a person proves at our door who they are."""

    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, models.CASCADE, related_name="sign_in")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = SignIns()


class Session(models.Model):
    """Somebody is signed in on one device: `key` is that of the web's session, `agent` how the browser calls itself."""

    key = models.CharField(max_length=40, unique=True)
    sign_in = models.ForeignKey(SignIn, models.CASCADE, related_name="sessions")
    agent = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField()


class Organisation(models.Model):
    """A firm, office or club that people belong to.

    One of them is `ours`: this house is theirs. Of that one alone it is known how it looks: `accent` is "#rrggbb", `logo`
    the digest of a picture in the file store with its real type and its sides in pixels.
    """

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=2000, blank=True)
    people = models.ManyToManyField(Person, related_name="organisations", blank=True)
    ours = models.BooleanField(default=False)
    accent = models.CharField(max_length=7, blank=True)
    logo = models.CharField(max_length=64, blank=True)
    logo_type = models.CharField(max_length=20, blank=True)
    logo_width = models.PositiveIntegerField(default=0)
    logo_height = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ours"], condition=models.Q(ours=True), name="organisation_of_this_house_once"
            )
        ]


class Team(models.Model):
    """People of staff who do one job together. One that was taken away (`removed_at`) is nobody's team any more; who was in it
    is kept, so that it can be put back."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=200)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="team")
    members = models.ManyToManyField(Person, related_name="teams", blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(removed_at__isnull=True), name="team_named_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """Something that somebody can do, said by themselves or by others."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    name = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="skill_named_once")]


class Tie(models.Model):
    """A directed connection, with where it is known from and how sure it is (0 to 1)."""

    source = models.ForeignKey(Person, models.CASCADE, related_name="ties_from")
    target = models.ForeignKey(Person, models.CASCADE, related_name="ties_to")
    kind = models.CharField(max_length=40)
    reverse = models.CharField(max_length=40, blank=True)
    known_from = models.CharField(max_length=200, blank=True)
    since = models.DateField(null=True, blank=True)
    confidence = models.FloatField(default=1.0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="tie_of_one_kind_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="tie_joins_two"),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0) & models.Q(confidence__lte=1),
                name="tie_confidence_0_to_1",
            ),
        ]


class PersonNote(models.Model):
    """What one of the staff keeps in mind about somebody; staff alone read it."""

    id = IdField(primary_key=True, default=ids.new, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notes")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    text = models.CharField(max_length=2000)
    made_at = models.DateTimeField()


class Toward(models.Model):
    """From one identity toward another, or toward all of a domain."""

    source = models.ForeignKey(Identity, models.CASCADE, related_name="%(class)ss")
    target = models.ForeignKey(
        Identity, models.CASCADE, null=True, blank=True, related_name="%(class)ss_toward"
    )
    domain = models.CharField(max_length=255, blank=True)
    since = models.DateTimeField()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "target"],
                condition=models.Q(target__isnull=False),
                name="%(class)s_of_identity_once",
            ),
            models.UniqueConstraint(
                fields=["source", "domain"],
                condition=models.Q(target__isnull=True),
                name="%(class)s_of_domain_once",
            ),
            models.CheckConstraint(
                condition=models.Q(target__isnull=False, domain="")
                | (models.Q(target__isnull=True) & ~models.Q(domain="")),
                name="%(class)s_of_identity_or_domain",
            ),
        ]


class Follow(Toward):
    """An identity follows another, or all of a domain."""


class Block(Toward):
    """Hides both from one another, between signed-in persons; the desk and anonymous readers are not affected."""


class Mute(Toward):
    """Hides the target's posts from the source's lists, search and notices."""


class Pseudonym(models.Model):
    """A second name whose claim is sealed: the ciphertext alone joins it to a person."""

    identity = models.OneToOneField(Identity, models.CASCADE, related_name="pseudonym")
    sealed_claim = models.BinaryField()
