"""What is kept: incidents, their facts, whose rollback is under way where, what Slack shows, who decided what."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from storage.columns import UtcText

UNSHOWN = text("shown_at IS NULL")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("target", String(200), nullable=False),
    Column("world", String(20), nullable=False),
    Column("environment", String(200), nullable=False),
    Column("service", String(200), nullable=False, index=True),
    Column("alert", Text, nullable=False),
    Column("follows", String(200)),
    Column("status", String(20), nullable=False, index=True),
    Column("opened_at", UtcText, nullable=False),
    # By our own clock, where opened_at is by the incident's: a recorded one may have been opened a year ago.
    Column("stored_at", UtcText, nullable=False, index=True),
    Column("shown_at", UtcText),
    Column("fingerprint", String(16), nullable=False, index=True),
    # The same fingerprint while the incident holds it, else null: unique, and nulls don't collide on any engine.
    Column("held_fingerprint", String(16), unique=True),
)

facts = Table(
    "facts",
    metadata,
    # The lock of an incident: of two writers of the same fact the second one loses.
    Column("incident_id", ForeignKey(incidents.c.id), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", UtcText, nullable=False),
    Column("body", Text, nullable=False),
    Column("shown_at", UtcText),
    Index("ix_facts_kind_at", "kind", "at"),
    Index("ix_facts_unshown", "incident_id", sqlite_where=UNSHOWN, postgresql_where=UNSHOWN),
)

rollbacks = Table(
    "rollbacks",
    metadata,
    Column("incident_id", ForeignKey(incidents.c.id), primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("service", String(200), nullable=False),
    Column("environment", String(200), nullable=False),
    Column("started_at", UtcText, nullable=False),
    # Production, environment and service while nobody else may roll back there, else null.
    Column("held", String(700), unique=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("incident_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("content", LargeBinary),
    Column("version", Integer, nullable=False),
    # The parcel whose message begins the thread that this one belongs into.
    Column("thread_of", String(200)),
    Column("urgent", Boolean, nullable=False),
    # Its turn. Parts of one parcel share it, so that they stay together.
    Column("place", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("tried_at", UtcText),
    Column("ts", String(40)),
    Column("why", Text),
    Index("ix_outbox_state", "state", "channel"),
    Index("ix_outbox_place", "place"),
    Index("ix_outbox_ts", "channel", "ts"),
)

threads = Table(
    "threads",
    metadata,
    Column("incident_id", ForeignKey(incidents.c.id), primary_key=True),
    Column("channel", String(40), nullable=False),
    Column("alert_ts", String(40)),
    Index("ix_threads_alert_ts", "channel", "alert_ts"),
)

events = Table(
    "events",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", UtcText, nullable=False, index=True),
)

read_marks = Table(
    "read_marks",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("ts", String(40), nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    Column("fingerprint", String(16), primary_key=True),
    Column("by", String(40), nullable=False),
    Column("until", UtcText, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("incident_id", ForeignKey(incidents.c.id), primary_key=True),
    Column("by", String(40), primary_key=True),
    Column("rating", String(20), nullable=False),
    Column("at", UtcText, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    # One chain: of two writers at once the second takes the next place. Triggers refuse updates and deletions.
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcText, nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("by", String(200), nullable=False),
    Column("incident_id", String(200), index=True),
    Column("what", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    # What is paused; a row is there while it is.
    Column("what", String(40), primary_key=True),
    Column("by", String(200), nullable=False),
    Column("since", UtcText, nullable=False),
    Column("reason", Text, nullable=False),
)

overrides = Table(
    "overrides",
    metadata,
    # What admins have chosen in place of the environment's setting; a row is there while that holds.
    Column("setting", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("by", String(40), nullable=False),
    Column("at", UtcText, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(40), nullable=False),
    # Seconds since 1970 by the database's clock, which is the only one that all replicas share.
    Column("until", Double, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    # What was asked of language models in the last 24 hours, as one value that its writers take turns at.
    Column("name", String(40), primary_key=True),
    Column("body", Text, nullable=False),
)
