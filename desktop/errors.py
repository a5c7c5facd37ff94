"""Every error that the user can see, worded once: what happened and what to do next.

`template` is the English sentence with named places. The window translates it; the log and `--headless` print it.
"""

from __future__ import annotations


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # the name that lupdate looks for
    return text


class SafelightError(Exception):
    """Base of all errors that are shown to the user. `values` fill the places of `template`."""

    template = QT_TRANSLATE_NOOP("Safelight", "An unexpected error occurred: {problem}. The log file has the details.")

    def __init__(self, **values: object) -> None:
        super().__init__(self.template.format(**values))
        self.values = values


# -- the recipe


class OutOfRange(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{name} cannot be {value}. Allowed: {allowed}.")


class SamplerUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no sampler called “{sampler}”. Choose one of: {known}.")


class SamplerUnfit(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{sampler} does not work with this model: {reason}. Choose another sampler.")


class RefinerUnfit(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "“{refiner}” does not continue pictures of the model “{model}”. Choose another refiner or upscaler, or none."
    )


class RefinerAlone(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "“{refiner}” makes no pictures alone. Choose a model of the kind {family}, then it as the refiner or upscaler of that."
    )


class TurnForbidden(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The run cannot branch in this way after step {step}. {reason}")


class ViewUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The sampler of this run does not tell what this view shows. Choose another view.")


class NoGuidance(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "This model follows the prompt without guidance, so there is no guidance to show.")


class PictureNotTaken(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The pipeline of the model {model} cannot start from a picture. Choose another model, such as the starter."
    )


class NotSteppedThrough(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Algorithm 2 cannot be walked with the model {model}: {reason}. Choose another model, such as the starter."
    )


# -- the model


class ModelUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no model called “{model}”. Choose another model, or open its folder.")


class ModelMissing(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The model folder {folder} does not exist. Choose another model, or open its folder where it is now."
    )


class ModelFileMissing(ModelMissing):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The model file {folder} does not exist. Choose another model, or open the file where it is now."
    )


class ModelIncomplete(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The model in {folder} is incomplete: {missing} is missing. Download it again, or choose another model."
    )


class ModelPartsMissing(ModelIncomplete):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "{folder} holds only a part of a model ({kind}): {missing} is missing. Open a whole model of this kind first, then open the file again; it will share the missing parts.",
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
        "The parts of the model in {folder} do not belong together: its denoiser has {denoiser} latent channels, its autoencoder {autoencoder}. Replace the autoencoder, or choose another model.",
    )


class ModelRefused(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model in {folder} was not opened because {file} could run a program: {problem}. Use a version in safetensors format.",
    )


class ModelUnsafe(ModelRefused):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model in {folder} was not opened because {file} {problem}. Remove that file if it is not needed, or choose another model.",
    )


class ModelUnsupported(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "Safelight cannot run this kind of model yet ({kind}). Choose another model in diffusers layout, of the family {known}.",
    )


class ModelForEditing(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model in {folder} was made for editing pictures: its denoiser reads {channels} channels instead of {latents}. Safelight cannot run such models yet; choose a text-to-image model.",
    )


class ModelFileUnsupported(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "{file} is a model of the kind {kind}, which Safelight cannot run yet. Choose one of: {known}."
    )


class ModelFileUnknown(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The contents of {file} are in a layout that Safelight does not know. Choose a version of the model in diffusers layout, which has a model_index.json.",
    )


class ModelFilePacked(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The weights in {file} are stored as {packing}, which Safelight cannot read. Choose the bf16, fp16 or GGUF Q8_0 version of the model.",
    )


class NotAModel(ModelUnsupported):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "{file} is no model by itself: it holds {holding}. Choose the file or folder of a whole model."
    )


class NotAPictureModel(ModelUnsupported):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} holds a video model ({kind}). Choose a model that makes pictures.")


class ModelElsewhere(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The folder {folder} is not a model itself, but there is one in {found}. Open that folder instead."
    )


class ModelsElsewhere(ModelElsewhere):
    template = QT_TRANSLATE_NOOP("Safelight", "The folder {folder} holds several models: {found}. Open the folder of one of them.")


class ModelSingleFile(ModelElsewhere):
    template = QT_TRANSLATE_NOOP("Safelight", "The folder {folder} is not a model itself, but it holds {found}. Open that file instead.")


class ModelFolderMissing(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The models in {folder} are not listed: {problem}. Connect its disk and read again, or remove the folder from the list.",
    )


class ModelFolderUnreadable(ModelFolderMissing):
    template = QT_TRANSLATE_NOOP("Safelight", "The models in {folder} cannot be read: {problem}. Change its permissions, then read again.")


class NoModelsThere(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "There is no model in {folder}. Choose a folder with models in diffusers layout or in files that end in .safetensors."
    )


class StarterDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The starter model that came with Safelight is damaged: {file} {problem}. Install Safelight again, or open another model folder.",
    )


# -- LoRAs


class AdapterUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no LoRA “{name}” here. Open its file, or turn the LoRA off.")


class AdapterMissing(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The LoRA file {file} does not exist. Open it where it is now, or remove the LoRA.")


class AdapterDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The LoRA is damaged: {file} {problem}. Download it again, or remove the LoRA.")


class AdapterRefused(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The LoRA {file} was not opened because weights in this format can carry code. Use a version in safetensors format."
    )


class AdapterUnsupported(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} cannot be used as a LoRA: {kind}. Choose another file.")


class AdapterUnfit(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The LoRA “{name}” does not fit the model {model}: none of its layers is in it. Turn the LoRA off, or choose another model.",
    )


class AdapterMadeFor(AdapterUnfit):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The LoRA “{name}” was made for {family} and does not fit the model {model}. Turn the LoRA off, or choose another model.",
    )


class AdapterUntaken(AdapterUnfit):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Models of the family {family} take no LoRAs, so “{name}” is not used. Choose a model of another family."
    )


class AdapterUnloadable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The LoRA “{name}” could not be added to the model: {problem}. Turn the LoRA off, or choose another one."
    )


# -- embeddings


class EmbeddingUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no embedding “{name}” here. Open its file, or take its name out of the prompt.")


class EmbeddingMissing(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The embedding file {file} does not exist. Open it where it is now.")


class EmbeddingDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The embedding is damaged: {file} {problem}. Download it again.")


class EmbeddingRefused(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The embedding {file} was not opened because files in this format can carry code. Use a version in safetensors format."
    )


class EmbeddingUnsupported(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} cannot be used as an embedding: {kind}. Choose another file.")


class EmbeddingUnfit(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The embedding “{name}” does not fit the text encoder of {model}. Take its name out of the prompt, or choose another model.",
    )


class EmbeddingMadeFor(EmbeddingUnfit):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The embedding “{name}” was made for {family} and does not fit {model}. Take its name out of the prompt, or choose another model.",
    )


class EmbeddingUntaken(EmbeddingUnfit):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Models of the family {family} take no embeddings, so “{name}” is not used. Choose a model of another family."
    )


# -- the run


class NotANumber(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The calculation failed at step {step}: the numbers became infinite. Lower the guidance, or choose another sampler or seed.",
    )


class OutOfMemory(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "There was not enough memory for a picture of {width} × {height}. Choose a smaller size, or close other programs."
    )


class MemoryTight(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "This picture needs about {needed} of memory, but only {free} are free. It may fail or slow the computer down. Choose a smaller size, or close other programs.",
    )


class MemoryTooSmall(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "This picture needs about {needed} of memory, but this computer has {total}. Choose a smaller size or a smaller model."
    )


class StepNotKept(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "This step is no longer in memory. Generate the picture again to view its steps.")


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
    template = QT_TRANSLATE_NOOP("Safelight", "{file} already exists and was not changed. Choose another name.")


class PicturesFolderMissing(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The pictures folder {folder} cannot be created: {problem}. Choose another one in Settings.")


class FormatUnknown(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "Pictures can be saved as {suffixes}, but not as {file}. Choose another name.")


class NothingToExport(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There are no steps to export. Generate the picture first.")


class ExportUnwritable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The export could not be saved in {folder}: {problem}. Choose another folder.")


class VideoMissing(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "MP4 needs the video library PyAV, which is not installed. Install it with: {command}")


class VideoUnable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The installed video library cannot write H.264. Choose another format.")


class RecipeTooLong(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The prompt is too long to be stored in {file}. Save the picture as .png instead.")


class PictureUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} cannot be opened as a picture: {problem}. Choose another picture.")


class RecipeMissing(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "{file} contains no recipe, so no settings could be restored. Open a picture that was saved with its recipe."
    )


class TextWithoutRecipe(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The clipboard contains no recipe. Copy the generation parameters of a picture as text, or the picture's file, and paste again.",
    )


class RecipeNewer(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The recipe in {file} was written by a newer Safelight and cannot be read. Update Safelight to restore it."
    )


class FileNotSaved(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} could not be saved: {problem}. Choose another folder, or free some disk space.")


class PictureFolderUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The folder {folder} cannot be read: {problem}. Choose another folder.")


class StationUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "“{file}” has no station of Learn in it. Choose a file that was saved with “Save this station”."
    )


class NotKept(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "Your text and settings cannot be saved to disk: {problem}. They will be lost when Safelight closes. Free some disk space, or start Safelight with another folder: --data FOLDER.",
    )


class SettingsNewer(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "Your settings were saved by a newer Safelight. They are left unchanged; changes made now are not saved. Update Safelight.",
    )


class SettingsRestored(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The settings file was damaged. The last good copy, from {when}, is used instead.")


class SettingsLost(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The settings file was damaged and no good copy was found. Safelight starts with the default settings; the damaged file was saved as {file}.",
    )


class SettingsIgnored(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Some settings could not be read and were reset to their defaults: {names}. Set them again in the settings."
    )


class DraftsNewer(SettingsNewer):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Your last text was saved by a newer Safelight. It is left unchanged; text typed now is not saved. Update Safelight."
    )


class DraftsRestored(SettingsRestored):
    template = QT_TRANSLATE_NOOP("Safelight", "The file with your last text was damaged. The last good copy, from {when}, is used instead.")


class DraftsLost(SettingsLost):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The file with your last text was damaged and no good copy was found. The damaged file was saved as {file}."
    )


class DraftsIgnored(SettingsIgnored):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "Some of your last text and settings could not be read: {names}. Check the prompt panel and the queue, and enter them again.",
    )


class StarsNewer(SettingsNewer):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Your stars were saved by a newer Safelight. They are left unchanged; stars set now are not saved. Update Safelight."
    )


class StarsRestored(SettingsRestored):
    template = QT_TRANSLATE_NOOP("Safelight", "The file with your stars was damaged. The last good copy, from {when}, is used instead.")


class StylesNewer(SettingsNewer):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "Your styles were saved by a newer Safelight. They are left unchanged; changes made now are not saved. Update Safelight.",
    )


class StylesRestored(SettingsRestored):
    template = QT_TRANSLATE_NOOP("Safelight", "The file with your styles was damaged. The last good copy, from {when}, is used instead.")


class StylesLost(SettingsLost):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The file with your styles was damaged and no good copy was found. The damaged file was saved as {file}."
    )


class LessonsNewer(SettingsNewer):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "What you found in Learn was saved by a newer Safelight. It is left unchanged; what you find now is not saved. Update Safelight.",
    )


class LessonsRestored(SettingsRestored):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The file with what you found in Learn was damaged. The last good copy, from {when}, is used instead."
    )


class LessonsLost(SettingsLost):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The file with what you found in Learn was damaged and no good copy was found. The damaged file was saved as {file}."
    )


class StarsLost(SettingsLost):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The file with your stars was damaged and no good copy was found. The damaged file was saved as {file}."
    )


# -- the gallery


class GalleryFolderUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The folder {folder} cannot be read: {problem}. Its pictures are shown again as soon as it can be read."
    )


class GalleryFull(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The folder {folder} holds more than {most} pictures, of which {most} are shown. Remove it from the gallery and add folders inside it.",
    )


class GalleryNotKept(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The index of the gallery cannot be kept in {folder}: {problem}. The gallery works, but is read again at every start."
    )


class NotMoved(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} could not be moved to {folder}: {problem}. It stays where it is.")


class NotTrashed(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} could not be deleted: {problem}. Delete it in its folder.")


class NotUntrashed(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} could not be restored: {problem}.")


class RunBusy(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "This run is being generated. Stop it, then delete it.")


class RunToChoose(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "This run is one of several seeds that wait for your choice. Choose first, then delete it.")


class NotRenamed(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} could not be renamed: {problem}. It keeps its name.")


# -- recordings


class NotResumable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The steps of this run can no longer be saved in {folder}: {problem}. The run continues; if it is interrupted, it can be resumed from the last saved step only.",
    )


class RecordingBusy(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Another Safelight window is generating this picture. Wait until it has finished, or stop it there."
    )


class RecordingNewer(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "This run was recorded by a newer Safelight and is left unchanged. Update Safelight to resume it."
    )


class RecordingUnreadable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The recording {file} cannot be read: {problem}. Generate the picture again to view its steps."
    )


class RecordingUndeletable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The recording {file} cannot be deleted: {problem}. Delete it in its folder, or try again later."
    )


class RecordingDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The recording of this run is damaged after step {step}. You can view the steps up to there and resume from there."
    )


class RecordingParentless(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The run that this one branches from is missing or damaged. You can view the branch's own steps, but it can't be resumed. Generate it again to finish it.",
    )


class ModelGone(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model “{model}” is missing or damaged, so this run can't be resumed after step {step} and its steps can't be decoded. Their previews can still be viewed. Open the model's folder again to resume the run.",
    )


class ModelChanged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The model “{model}” has changed since this run started, so the run can't be resumed and its steps can't be decoded. Their previews can still be viewed. Restore the earlier model files, or generate the picture again.",
    )


class MachineChanged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "This run was computed with {before}, but this computer now uses {now}, so it can't be resumed. Its steps can still be viewed. Generate the picture again to finish it here.",
    )


class StepDamaged(StepNotKept):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "Step {step} is damaged or missing on disk. Resume from an earlier step, or generate the picture again."
    )


# -- the launcher


class LauncherTaken(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "{file} was not made by Safelight, so nothing was changed. Move or delete that file, then try again."
    )


class LauncherUnwritable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "Safelight could not be put into the applications menu: {folder} cannot be written ({problem}). Allow writing there, then try again.",
    )


class LauncherUndeletable(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "{file} cannot be deleted ({problem}). Delete it yourself, or try again later.")


# -- trainings


class TrainingDiverged(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The training stopped before step {step}: its numbers are no longer finite. The weights of the step before are kept. Branch it with a learning rate below {rate}.",
    )


class TrainingUnsaved(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The training cannot be saved in {folder}: {problem}. It continues; if Safelight is closed, it can be resumed from step {step} only. Make room on the disk.",
    )


class TrainingUnwritable(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight",
        "The files of a training cannot be written in {folder}: {problem}. Make room on the disk, or allow writing there, and try again.",
    )


class TrainingDamaged(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "The training in {folder} cannot be read: {problem}. Start it again.")


class TrainingNewer(SafelightError):
    template = QT_TRANSLATE_NOOP(
        "Safelight", "The training in {folder} was saved by a newer Safelight and is left unchanged. Update Safelight to resume it."
    )


class TooFewPictures(SafelightError):
    template = QT_TRANSLATE_NOOP("Safelight", "There is no picture to learn from in {folder}. Choose a folder with pictures.")
