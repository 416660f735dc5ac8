"""What can go wrong, each as a sentence a user may read.

A message says which thing, why, what is safe and what to do. Anything that is not a `HandtintError` is
a fault of ours and shown as one.
"""


class HandtintError(Exception):
    """Base of every error whose text may be shown to a user as it stands."""


class PhotoError(HandtintError):
    """A photo could not be read."""


class IncompletePhoto(PhotoError):
    """A part of a photo's picture is missing; the rest can be opened, if that is asked for."""


class SaveError(HandtintError):
    """A result could not be saved; the original is unchanged and nothing half-written is left."""


class DeviceError(HandtintError):
    """What computes is not there, or stopped working; no photo is at fault."""


class ModelError(HandtintError):
    """A model file is missing, broken or not one of ours."""
