"""Treebanks of the folder as a tfds data set."""

import tensorflow_datasets as tfds

import zoo_ud
from zoo.data.sets.universal_dependencies import TreebankConfig, UniversalDependencies, parse_conllu
from zoo.errors import DamagedFileError, MissingFileError

with tfds.core.registered.skip_registration():

    class FolderTreebanks(UniversalDependencies):
        """The zoo's treebanks, with files from the folder `ZOO_UD`.

        A config is a treebank's code, such as `de_gsd` for `de_gsd-ud-train.conllu`; its splits are
        those that have a file.
        """

        name = "ud_folder"
        BUILDER_CONFIGS = [
            TreebankConfig(name=name, language=name.partition("_")[0])
            for name in zoo_ud.treebanks()
        ]

        def _split_generators(self, dl_manager):
            del dl_manager  # the files are on the disk
            files = zoo_ud.treebanks().get(self.builder_config.name)
            if not files:
                raise MissingFileError(
                    f"No file of {self.builder_config.name} is in {zoo_ud.folder()}: let ZOO_UD "
                    "name the folder of the treebanks."
                )
            read = {split: _read(path) for split, path in files.items()}
            return {split: self._generate_examples(rows) for split, rows in read.items()}


def _read(path):
    try:
        return list(parse_conllu(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise DamagedFileError(f"{path} is no CoNLL-U file ({error}): get it again.") from error
