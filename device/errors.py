"""Errors a person can act on. Each message is one line: what is wrong, and what to do.

    MynahError
    ├── UsageError        the command line or its arguments are wrong      exit status 2
    ├── SettingsError     the settings file
    ├── AudioError        a recording that cannot be read, no microphone
    ├── BundleError       a bundle that is damaged or does not fit
    ├── SentencesError    a sentence file, with file and line
    ├── HomeError         home.toml
    ├── ReviewError       recordings kept for review
    ├── LexiconError      a word that cannot be pronounced
    ├── BrokerError       the MQTT broker
    ├── StoryError        a conversation written as data, with its file
    ├── SkillError        a skill's folder, with file and line
    ├── DocumentError     a manual that cannot be read
    ├── DeskError         questions that were handed to a person
    ├── FactsError        facts.toml, with file and line
    ├── JournalError      the journal of what happened, with its file
    ├── CardError         what lies on the boot partition, with its file
    ├── VoiceError        a voice that cannot be had, or cannot speak
    └── UpdateError       an update that is not installed

All but UsageError end a command with exit status 1.
"""

from __future__ import annotations


class MynahError(Exception):
    """The base of every error that Mynah raises on purpose."""

    exit_status = 1


class UsageError(MynahError):
    exit_status = 2


class SettingsError(MynahError):
    pass


class AudioError(MynahError):
    pass


class BundleError(MynahError):
    pass


class SentencesError(MynahError):
    pass


class HomeError(MynahError):
    pass


class ReviewError(MynahError):
    pass


class LexiconError(MynahError):
    pass


class BrokerError(MynahError):
    pass


class CardError(MynahError):
    pass


class UpdateError(MynahError):
    pass


class VoiceError(MynahError):
    pass


class StoryError(MynahError):
    pass


class SkillError(MynahError):
    pass


class DocumentError(MynahError):
    pass


class JournalError(MynahError):
    pass


class DeskError(MynahError):
    pass


class FactsError(MynahError):
    pass


class RulesError(MynahError):
    pass
