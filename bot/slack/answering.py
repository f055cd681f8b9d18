"""From a question to its answer: who will read it, what was talked about, what is said.

A question and the message that answers it are two notices: the answer is worked out and put into the outbox in the
transaction that ends the question; `deliver.py` then posts it.

What a thread or a direct message was about is remembered for whoever asks on there. A private answer in a channel
belongs to a conversation of its own, between one person and the bot in that place, which the channel knows nothing of.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.language import speaking
from bot.slack import people
from bot.slack.answers import Asked, as_message
from bot.slack.api import SlackApi
from bot.slack.blocks import SlackMessage
from catalogue import conversations, outbox
from catalogue.model import Notice
from catalogue.store import Database
from intents import describe
from intents.answers import Answer, Outcome
from intents.context import Claim, Context, Question
from intents.remembered import Conversation, State, after
from intents.second_try import respond_again
from intents.understand import respond


@dataclass(frozen=True, slots=True)
class Answering:
    """What it takes to work out an answer."""

    context: Context
    slack: SlackApi
    team_id: str
    channels_are_for_government: bool = False

    def answer(self, notice: Notice, now: datetime) -> None:
        """Put the answer to a question into the outbox, and end the question."""
        db, key = self.context.db, _conversation_key(notice)
        conversation = self._conversation(notice, key, now)
        before = conversation.state if conversation else None
        reply = self._work_out(notice, conversation, now)
        with db.atomic():
            if outbox.sent(db, notice, receipt=None, now=now):
                put_reply(db, notice, reply, now=now)
                if key:
                    conversations.save(db, key, asdict(conversation.state), now=now)
                if before and notice.payload.get("may_be_shared"):
                    conversations.save(db, _before(notice, notice.key), asdict(before), now=now)

    def _conversation(self, notice: Notice, key: str | None, now: datetime) -> Conversation:
        """What was talked about so far where a question stands; for an answer that is shared, where it was private."""
        earlier = notice.payload.get("after")
        key = _before(notice, earlier) if earlier else key
        if key is None:
            return Conversation()
        is_thread = bool(earlier or notice.payload["reply"].get("thread_ts"))
        return Conversation(State.of(conversations.load(self.context.db, key, is_thread=is_thread, now=now)))

    def _work_out(self, notice: Notice, conversation: Conversation, now: datetime) -> SlackMessage:
        payload, vocabulary = notice.payload, self.context.search.vocabulary()
        if payload["text"] is None:
            refused = Answer("out_of_scope", Outcome.REFUSED, 0.99, details={"kind": "person"})
            return as_message(refused, vocabulary)
        person = None
        if not payload["is_shared_outside"]:
            person = people.person_of(self.context.db, self.slack, payload["user"], team_id=self.team_id, now=now)
        audience = people.audience(
            person,
            is_direct=payload["is_direct"],
            is_shared_outside=payload["is_shared_outside"],
            channels_are_for_government=self.channels_are_for_government,
        )
        asked = Asked(
            payload["text"],
            bool(payload.get("may_be_shared")),
            payload.get("shared_by"),
            after=notice.key if conversation else None,
        )
        answer = self._answer(notice, Question(payload["text"], audience, now, person, key=notice.key), conversation)
        with speaking(person.language if person and payload["is_direct"] else None):
            return as_message(answer, vocabulary, is_shared_outside=payload["is_shared_outside"], asked=asked)

    def _answer(self, notice: Notice, question: Question, conversation: Conversation) -> Answer:
        """The answer to a question, an entry that was clicked, or the next best after one that was turned down."""
        if notice.payload.get("is_entry"):
            answer = describe.answer(self.context, question, Claim("describe", 1.0, question.text))
        elif notice.payload.get("rejected"):
            answer = respond_again(self.context, question, notice.payload["rejected"], conversation.state)
        else:
            return respond(self.context, question, conversation)
        conversation.state = after(conversation.state, answer, question, terms="", is_followed=True)
        return answer


def put_reply(db: Database, notice: Notice, reply: SlackMessage, *, now: datetime) -> None:
    """Put what answers a question into the outbox, inside the caller's transaction."""
    where = notice.payload["reply"]
    waiting = {} if notice.payload["is_direct"] else {"asker": notice.payload["user"]}
    outbox.post(
        db,
        "message",
        {"text": reply.text, "blocks": reply.blocks, **waiting, **where},
        key=f"answer:{notice.key}",
        channel=where.get("channel"),
        now=now,
    )


def _conversation_key(notice: Notice) -> str | None:
    """Names the conversation a question stands in; None for one that is put to a whole channel and in no thread.

    Where the name holds a person it is JSON, so that `personal.erase` finds them in it.
    """
    payload = notice.payload
    where = payload["reply"]
    if where["way"] == "response":
        asked_in = payload.get("asked_in")
        return json.dumps(["private", asked_in, payload["user"]]) if asked_in else None
    if payload.get("shared_by"):
        return None
    return f"{where['channel']}:{where['thread_ts'] or ''}"


def _before(notice: Notice, key: str) -> str:
    """Where it is kept what was talked about before the private question of that key, for its asker alone."""
    return json.dumps(["before", key, notice.payload["user"]])
