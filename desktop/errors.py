"""What can go wrong, worded once: one plain sentence that says what happened and what to do next.

`template` is the English sentence with named places; the window translates it, the log and `--headless` print it.
"""

from __future__ import annotations


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # the name that lupdate looks for
    return text


class SafelightError(Exception):
    """Base of everything that the user is told. `values` fill the places of `template`."""

    template = QT_TRANSLATE_NOOP("Safelight", "Something unexpected happened: {problem}. The log file has the details.")

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**values))
        self.values = values


# -- the recipe


class OutOfRange(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{name} cannot be {value}. Allowed: {allowed}.")


class SamplerUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no sampler called “{sampler}”. Choose one of: {known}.")


class SamplerUnfit(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{sampler} does not fit this model: {reason}. Choose another sampler.")


class TurnForbidden(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "After step {step} the run cannot go on in this way. {reason}")


class NoGuidance(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "This model was made to follow the prompt without guidance, so there is none to be seen.")


# -- the model


class ModelUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no model called “{model}”. Choose another one, or open its folder.")


class ModelMissing(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The model folder {folder} is not there. Choose another model, or open the folder where it is now."
    )


class ModelIncomplete(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The model in {folder} is incomplete: {missing} is missing. Download it again, or choose another model."
    )


class ModelDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The model in {folder} is damaged: {problem}. Download it again, or choose another model.")


class ModelFileDamaged(ModelDamaged):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The model in {folder} is damaged: {file} {problem}. Download it again, or choose another model."
    )


class ModelChannelsDiffer(ModelDamaged):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The parts of the model in {folder} do not fit together: its denoiser works on {denoiser} channels, its autoencoder on {autoencoder}. Put the autoencoder that belongs to it there, or choose another model.",
    )


class ModelRefused(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model in {folder} was not opened, because {file} could run a program: {problem}. Use a version of it in safetensors format.",
    )


class ModelUnsafe(ModelRefused):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model in {folder} was not opened, because {file} {problem}. Remove that file if it is not needed, or choose another model.",
    )


class ModelUnsupported(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Safelight cannot run this kind of model yet ({kind}). Choose a Stable Diffusion 1, 2 or XL model in diffusers layout."
    )


class ModelForEditing(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model in {folder} was made for editing pictures: its denoiser reads {channels} channels instead of {latents}. Safelight cannot run such models yet; choose a text-to-image model.",
    )


class ModelSingleFile(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The folder {folder} holds a model in a single file, {file}. Safelight cannot read that yet; choose a version of the model in diffusers layout, which has a model_index.json.",
    )


class ModelElsewhere(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The folder {folder} is not a model itself, but there is one in {found}. Open that folder instead."
    )


class ModelsElsewhere(ModelElsewhere):
    template = QT_TRANSLATE_NOOP("Safelight", "The folder {folder} holds several models: {found}. Open the folder of one of them.")


class StarterDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The starter model that came with Safelight is damaged: {problem}. Install Safelight again, or open another model folder.",
    )


class StarterFileDamaged(StarterDamaged):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The starter model that came with Safelight is damaged: {file} {problem}. Install Safelight again, or open another model folder.",
    )


# -- the run


class NotANumber(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The picture fell apart at step {step}: the numbers left their range. Lower the guidance, or choose another sampler or seed.",
    )


class OutOfMemory(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "There was not enough memory for a picture of {width} × {height}. Try a smaller size, or close other programs."
    )


class MemoryTight(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "This picture needs about {needed} of memory and {free} are free. It may fail, or slow the computer down."
    )


class MemoryTooSmall(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "This picture needs about {needed} of memory; this computer has {total}. Try a smaller size, or a smaller model."
    )


class StepNotKept(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "This step is no longer held in memory. Generate the picture again to see its steps.")


# -- pictures and files


class FolderUnwritable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The picture could not be saved in {folder}: {problem}. It is kept in memory; save it somewhere else."
    )


class DiskFull(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The disk of {folder} is full. The picture is kept in memory; free some space, or save it somewhere else."
    )


class FileExists(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} exists already and was left as it is. Choose another name.")


class FormatUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "Pictures are saved as .png, .jpg or .webp, and {file} ends otherwise. Choose another name.")


class NothingToExport(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There are no steps here to export. Generate the picture, and then export how it developed.")


class ExportUnwritable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The export could not be written in {folder}: {problem}. Nothing was left there; choose another place."
    )


class VideoMissing(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "MP4 needs the video library PyAV, which is not installed. Install it with: {command}")


class VideoUnable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The video library that is installed cannot write H.264. Choose another format.")


class RecipeTooLong(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The prompt is too long to be kept in {file}. Save the picture as .png instead.")


class PictureUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} cannot be opened as a picture: {problem}.")


class RecipeMissing(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} carries no recipe, so nothing could be restored from it.")


class NotKept(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "What you type and choose cannot be written to disk: {problem}. Until that is put right, it will be gone at the next start.",
    )


class SettingsNewer(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Your settings were written by a newer Safelight. They are left as they are; changes made now are not kept."
    )


class SettingsRestored(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The settings file was damaged; the last good copy from {when} is in use.")


class SettingsLost(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The settings file was damaged and no good copy was found. Safelight starts with its defaults; the damaged file is kept as {file}.",
    )


class SettingsIgnored(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "Some settings could not be understood and are at their defaults: {names}.")


class DraftsNewer(SettingsNewer):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "What you typed last was written by a newer Safelight. It is left as it is; what you type now is not kept."
    )


class DraftsRestored(SettingsRestored):
    template = QT_TRANSLATE_NOOP("Safelight", "The file with what you typed last was damaged; the last good copy from {when} is in use.")


class DraftsLost(SettingsLost):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The file with what you typed last was damaged and no good copy was found. The damaged file is kept as {file}."
    )


class DraftsIgnored(SettingsIgnored):
    template = QT_TRANSLATE_NOOP("Safelight", "Some of what you left last time could not be understood: {names}.")


# -- recordings


class NotResumable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The steps of this run can no longer be saved in {folder}: {problem}. The run continues; if it is interrupted, it can be resumed from the last saved step only.",
    )


class RecordingBusy(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "Another Safelight is making this picture. Wait until it is done, or stop it there.")


class RecordingNewer(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "This run was recorded by a newer Safelight and is left unchanged. Update Safelight to resume it."
    )


class RecordingUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The recording {file} cannot be read: {problem}.")


class RecordingUndeletable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The recording {file} cannot be deleted: {problem}.")


class RecordingDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The recording of this run is damaged after step {step}. You can view the steps up to there and resume from there."
    )


class RecordingParentless(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The run that this one branches from is missing or damaged. You can view the branch's own steps, but it can't be resumed.",
    )


class ModelGone(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model “{model}” is gone or damaged, so this run cannot be gone on with after step {step}, nor its steps be decoded in full. They can still be seen as they were shown.",
    )


class ModelChanged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model “{model}” is not the one that this run began with, so it cannot be gone on with, nor its steps be decoded in full. They can still be seen as they were shown.",
    )


class MachineChanged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "This run began with other arithmetic ({before}) than this computer now works with ({now}), so it cannot be gone on with. Its steps can still be seen.",
    )


class StepDamaged(StepNotKept):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Step {step} is damaged or missing on disk. Resume from an earlier step, or generate the picture again."
    )
