"""The data sets that the zoo itself registers."""

from __future__ import annotations

from zoo.hookspecs import hookimpl


@hookimpl
def register_datasets(register):
    """Registers the data sets."""
    register(
        "multi30k",
        "zoo.data.sets.multi30k:Multi30k",
        yields="pairs",
        of="text",
        summary="Descriptions of 31,000 images in English, German, French and Czech",
        paper="Elliott et al. 2016, arXiv:1605.00459",
    )
    register(
        "tatoeba",
        "zoo.data.sets.tatoeba:Tatoeba",
        yields="pairs",
        of="text",
        summary="Short everyday sentences in English with French, German and Dutch",
    )
    register(
        "imdb",
        "zoo.data.sets.imdb:IMDB",
        yields="labelled",
        of="text",
        summary="100,000 film reviews, half of them labelled as negative or positive",
        paper="Maas et al. 2011",
    )
    register(
        "babi",
        "zoo.data.sets.babi:BAbI",
        yields="questions",
        of="text",
        summary="Twenty tasks of questions about small made-up stories, 1,000 each",
        paper="Weston et al. 2015, arXiv:1502.05698",
    )
    register(
        "aeslc",
        "zoo.data.sets.aeslc:AESLC",
        yields="summarised",
        of="text",
        summary="18,302 e-mails and their subject lines",
        paper="Zhang and Tetreault 2019, arXiv:1906.03497",
    )
    register(
        "flickr8k",
        "zoo.data.sets.flickr8k:Flickr8k",
        yields="captioned",
        of="image",
        summary="8,000 photographs of people and dogs, five captions each",
        paper="Hodosh et al. 2013",
    )
    register(
        "an4",
        "zoo.data.sets.an4:AN4",
        yields="transcribed",
        of="series",
        summary="Words spelled and spoken, 1,078 utterances as frames of 13 MFCC",
        paper="Acero 1993",
    )
    register(
        "arctic",
        "zoo.data.sets.arctic:Arctic",
        yields="transcribed",
        of="audio",
        summary="An hour of one speaker, 892 sentences with the times of their phones",
        paper="Kominek and Black 2004",
        is_written=True,
    )
    register(
        "fsdd",
        "zoo.data.sets.fsdd:FSDD",
        yields="transcribed",
        of="audio",
        summary="3,000 spoken digits of six speakers",
        paper="Jackson et al. 2018",
    )
    register(
        "digit_strings",
        "zoo.data.sets.digit_strings:DigitStrings",
        yields="transcribed",
        of="audio",
        summary="Spoken digits one after another, with pauses and noise; made of fsdd",
        paper="Jackson et al. 2018",
    )
    register(
        "ett",
        "zoo.data.sets.ett:ETT",
        yields="series",
        of="series",
        summary="Load and oil temperature of two transformers, an hour a row, for two years",
        paper="Zhou et al. 2021, arXiv:2012.07436",
    )
    register(
        "eth_ucy",
        "zoo.data.sets.eth_ucy:ETHUCY",
        yields="tracks",
        of="series",
        summary="Ways of 1,600 pedestrians in five places, each left out once",
        paper="Pellegrini et al. 2009; Lerner et al. 2007",
        past=8,
        horizons=[12],
    )
    register(
        "jsb_chorales",
        "zoo.data.sets.jsb_chorales:JSBChorales",
        yields="music",
        of="music",
        summary="382 chorales of Bach, a quarter note a step",
        paper="Boulanger-Lewandowski et al. 2012, arXiv:1206.6392",
    )
    register(
        "mnist",
        "zoo.data.sets.mnist:MNIST",
        yields="labelled",
        of="image",
        summary="70,000 handwritten digits of 28 x 28 pixels",
        paper="LeCun et al. 1998",
    )
    register(
        "msr_action3d",
        "zoo.data.sets.msr_action3d:MSRAction3D",
        yields="labelled",
        of="skeleton",
        summary="567 skeletons that do one of twenty actions",
        paper="Li et al. 2010, doi:10.1109/CVPRW.2010.5543273",
    )
    register(
        "utkinect",
        "zoo.data.sets.utkinect:UTKinect",
        yields="framed",
        of="skeleton",
        summary="20 recordings of skeletons with the times of ten actions",
        paper="Xia et al. 2012, doi:10.1109/CVPRW.2012.6239233",
    )
    register(
        "hello",
        "zoo.data.sets.hello:Hello",
        yields="running",
        of="text",
        summary="The word hello, for language models that are to be understood",
    )
    register(
        "ptb",
        "zoo.data.sets.ptb:PTB",
        yields="running",
        of="text",
        summary="A million words of news, 10,000 of them known, for language models",
        paper="Mikolov et al. 2010",
        level="word",
    )
    register(
        "miracl_vc1",
        "zoo.data.sets.miracl_vc1:MiraclVC1",
        yields="labelled",
        of="frames",
        summary="3,000 clips of lips that say ten words and ten phrases, of 15 speakers",
        paper="Rekik et al. 2014",
    )
    register(
        "ut_interaction",
        "zoo.data.sets.ut_interaction:UTInteraction",
        yields="labelled",
        of="frames",
        summary="120 clips of six actions of two people, a fold for each of 20 sequences",
        paper="Ryoo and Aggarwal 2009",
    )
    register(
        "ucsd_ped2",
        "zoo.data.sets.ucsd_ped2:UCSDPed2",
        yields="watched",
        of="frames",
        summary="28 clips of a walkway; in the test there are bicycles, skateboards and carts too",
        paper="Mahadevan et al. 2010",
    )
    register(
        "spindoe",
        "zoo.data.sets.spindoe:SpinDOE",
        yields="tracks",
        of="series",
        summary="Flights of 232 table tennis balls, a position every 7 milliseconds",
        paper="Gossard et al. 2023, arXiv:2303.03879",
        past=10,
        horizons=[10, 20, 40],
    )
    register(
        "c_source",
        "zoo.data.sets.c_source:CSource",
        yields="running",
        of="text",
        summary="Six million characters of C, the source of Redis, for language models",
    )
    register(
        "essays",
        "zoo.data.sets.essays:Essays",
        yields="running",
        of="text",
        summary="Three million characters of essays, for language models",
        paper="Paul Graham, essays",
    )
    register(
        "tiny_shakespeare",
        "zoo.data.sets.tiny_shakespeare:TinyShakespeare",
        yields="running",
        of="text",
        summary="A million characters of Shakespeare's plays, for language models",
    )
    register(
        "sst",
        "zoo.data.sets.sst:SST",
        yields="labelled",
        of="text",
        summary="Sentences of film reviews and all their phrases, rated in two or five degrees",
        paper="Socher et al. 2013",
    )
    register(
        "tracked_boxes",
        "zoo.data.sets.tracked_boxes:TrackedBoxes",
        yields="tracks",
        of="track",
        summary="Boxes around things that move in nine videos, 6,000 frames, in five folds",
        paper="Wu et al. 2013; Moudgil and Gandhi 2018, arXiv:1712.01358",
    )
    register(
        "ud",
        "zoo.data.sets.universal_dependencies:UniversalDependencies",
        yields="tagged",
        of="text",
        summary="Parts of speech of English web text (ewt) and French news (sequoia)",
        paper="Nivre et al. 2020, arXiv:2004.10643",
    )
    register(
        "vidvrd",
        "zoo.data.sets.vidvrd:VidVRD",
        yields="described",
        of="series",
        summary="447 clips as features of 20 frames, described by subject, relation and object",
        paper="Shang et al. 2017, doi:10.1145/3123266.3123380",
    )
