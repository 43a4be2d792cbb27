"""The files of the zoo's data sets, made up and small, for a `TinyMirror`."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import math
import tarfile
import wave
import zipfile

import numpy as np

SST_FILE = "sst/trainDevTestTrees_PTB.zip"
_THINGS = ("film", "plot", "cast", "music", "story")
_KINDS = (("dull", 1), ("thin", 0), ("so-so", 2), ("warm", 3), ("funny", 4))
_WORDS = (("the", "DET"), ("a", "DET"), ("dog", "NOUN"), ("café", "NOUN"), ("runs", "VERB"))


def add_sst(mirror) -> None:
    """Twenty-five trees in every split."""
    trees = [f"({n} (2 a) ({n} ({n} {k}) (2 {t})))" for t in _THINGS for k, n in _KINDS]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for split in ("train", "dev", "test"):
            out.writestr(f"trees/{split}.txt", "\n".join(trees))
    mirror.add(SST_FILE, content.getvalue())


def add_ud(mirror) -> None:
    """Thirty sentences of one to six words in every split of the English treebank."""
    for split, shift in (("train", 0), ("dev", 1), ("test", 2)):
        blocks = []
        for number in range(30):
            chosen = [_WORDS[(number * 7 + shift + i * i) % 5] for i in range(1 + number % 6)]
            lines = [
                f"{n}\t{word}\t_\t{tag}" + 6 * "\t_" for n, (word, tag) in enumerate(chosen, 1)
            ]
            blocks.append("\n".join(lines) + "\n\n")
        mirror.add(f"ud_english_ewt/en_ewt-ud-{split}.conllu", "".join(blocks).encode())


def add_imdb(mirror, more: str = "") -> None:
    """Forty reviews of each kind in both folders, and as many unlabelled, all with `more`."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz") as out:
        for folder in ("train/neg", "train/pos", "train/unsup", "test/neg", "test/pos"):
            for number in range(40):
                kind, thing = _KINDS[number % 5][0], _THINGS[number % 3]
                text = f"A {kind} {thing}.<br /><br />Café {number}! {more}".encode()
                member = tarfile.TarInfo(f"aclImdb/{folder}/{number}_1.txt")
                member.size = len(text)
                out.addfile(member, io.BytesIO(text))
    mirror.add("imdb/aclImdb_v1.tar.xz", content.getvalue())


def add_ptb(mirror) -> None:
    """Twenty lines in every split."""
    for split in ("train", "valid", "test"):
        lines = [f" the <unk> {kind} {thing} cost N \n" for kind, _ in _KINDS for thing in _THINGS]
        mirror.add(f"ptb/ptb.{split}.txt", "".join(lines[:20]).encode())


def add_tiny_shakespeare(mirror) -> None:
    """One scene."""
    text = "".join(f"First {thing}:\nSo {kind}!\n\n" for kind, _ in _KINDS for thing in _THINGS)
    mirror.add("tiny_shakespeare/input.txt", text.encode())


def add_flickr8k(mirror, photograph=lambda number: bytes([255, number])) -> None:
    """Six photographs with five captions each in every split; the files are what is given."""
    photographs, text = io.BytesIO(), io.BytesIO()
    names = [f"{split}_{number}" for split in ("train", "dev", "test") for number in range(6)]
    with zipfile.ZipFile(photographs, "w") as out:
        for number, name in enumerate(names):
            out.writestr(f"Flicker8k_Dataset/{name}.avif", photograph(number))
    with zipfile.ZipFile(text, "w") as out:
        lines = [
            f"{name}.jpg#{i}\tA {t} in {name} ." for name in names for i, t in enumerate(_THINGS)
        ]
        out.writestr("Flickr8k.token.txt", "\n".join(lines))
        for split in ("train", "dev", "test"):
            chosen = [f"{name}.jpg" for name in names if name.startswith(split)]
            out.writestr(f"Flickr_8k.{split}Images.txt", "\n".join(chosen))
    mirror.add("flickr8k/Flickr8k_Dataset_224_avif.zip", photographs.getvalue())
    mirror.add("flickr8k/Flickr8k_text.zip", text.getvalue())


def add_ett(mirror, hours: int = 14_400) -> None:
    """The hours of a day over and over, and one more in each column, for both transformers."""
    begin = datetime.datetime(2016, 7, 1)
    lines = ["date,HUFL,HULL,MUFL,MULL,LUFL,LULL,OT"]
    for hour in range(hours):
        values = ",".join(f"{hour % 24 + column}.0" for column in range(7))
        lines.append(f"{begin + datetime.timedelta(hours=hour)},{values}")
    for name in ("ETTh1", "ETTh2"):
        mirror.add(f"ett/{name}.csv", "\n".join(lines).encode())


def pedestrians(recording: str, frames: int = 40) -> str:
    """Three who walk on circles and come one after the other; frame 100 is missing."""
    lines = []
    for frame in range(frames):
        for who in range(1, 4):
            angle = 0.1 * (frame + len(recording)) * (1 + who / 3)
            x, y = 4 * who + math.cos(angle), math.sin(angle)
            if frame >= 2 * (who - 1) and frame != 10:
                lines.append(f"{10 * frame}.0\t{who}.0\t{x:.4f}\t{y:.4f}\n")
    return "".join(lines)


def add_eth_ucy(mirror) -> None:
    """Three pedestrians in a recording of every split of every fold."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz") as out:
        for fold in ("eth", "hotel", "univ", "zara1", "zara2"):
            for split in ("train", "val", "test"):
                name = f"{fold}_{split}"
                text = pedestrians(name).encode()
                member = tarfile.TarInfo(f"eth_ucy/datasets/{fold}/{split}/{name}.txt")
                member.size = len(text)
                out.addfile(member, io.BytesIO(text))
    mirror.add("eth_ucy/eth_ucy.tar.xz", content.getvalue())


def skeleton(seed: int, time: int) -> np.ndarray:
    """Joints of a body that sways, float `[time, 20, 3]`, about 3 metres away."""
    pose, speed = np.random.default_rng(seed).normal(size=(2, 20, 3)) / 3
    return pose + np.sin(np.arange(time) / 4)[:, None, None] * speed + (0, 0, 3)


def add_skeletons(mirror) -> None:
    """Both data sets of skeletons: two actions of ten people, and a recording of each of them."""
    from zoo.inputs.skeletons import MSR_PLACES

    files = {}
    for subject in range(1, 11):
        for action in (3, 14):
            joints = np.zeros((9, 20, 4))
            joints[1:, MSR_PLACES, :3] = skeleton(action, 8) + subject / 50
            name = f"a{action:02}_s{subject:02}_e01"
            rows = "\n".join(" ".join(f"{x:.6f}" for x in row) for row in joints.reshape(-1, 4))
            files[f"MSRAction3D/real_world_coordinates/{name}_skeleton3D.txt"] = rows
    names = [f"a03_s{subject:02}_e01" for subject in range(1, 11)]
    folder = "MSRAction3D/real_world_coordinates"
    files[f"{folder}/files_used_in_cvpr12_paper.txt"] = "\r\n".join([*names, "a14_s01_e01"])
    times = []
    for subject in range(1, 11):
        joints = np.concatenate([skeleton(1, 10), skeleton(2, 12) + subject / 50])
        numbers = [2 * number for number in (0, *range(len(joints)))]  # the first one twice
        rows = [[number, *joints[number // 2].ravel()] for number in numbers]
        text = "\n".join("  ".join(f"{x:g}" for x in row) for row in rows)
        files[f"UTKinect/joints/joints_s{subject:02}_e01.txt"] = text
        times.append(f"s{subject:02}_e01 \nwalk: 20 32\nsitDown: 34 40\ncarry:  NaN NaN")
    files["UTKinect/joints/actionLabel_modified.txt"] = "\n".join(times)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz") as out:
        for name, text in files.items():
            member = tarfile.TarInfo(f"skeleton/data/{name}")
            member.size = len(text.encode())
            out.addfile(member, io.BytesIO(text.encode()))
    mirror.add("skeleton/skeleton.tar.xz", content.getvalue())


def add_vidvrd(mirror) -> None:
    """Sixty clips, of a dog that bites or a cat that sits, told apart by the first feature."""
    features = np.random.default_rng(0).normal(size=(60, 20, 256)).astype("float16")
    features[::2, :, 0] += 9
    texts = np.array(["dog bite ball", "cat sit_next_to dog"] * 30)
    content = io.BytesIO()
    np.savez(content, features=features, captions=texts)
    mirror.add("vidvrd/vidvrd.npz", content.getvalue())


def add_spindoe(mirror, paths: int = 40) -> None:
    """Balls that fall and bounce, whose times waver; step 5 is missing, and steps 40 to 49."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        out.writestr("index.csv", "traj_file,x_spin\n0,1.0\n")
        for number in range(paths):
            lines = []
            for step in range(110):
                time = 0.007 * step
                height = abs(math.cos(4 * time + number)) * 0.3
                wavering = time + 0.002 * (step % 2) * (step % 3 - 1)
                if step != 5 and not 40 <= step < 50:
                    place = f"{0.1 * number:.3f};{1 - (2 + number / 20) * time:.3f};{height:.3f}"
                    lines.append(f"{wavering:.3f};{place}\n")
            out.writestr(f"{number:03}.csv", "".join(lines))
    mirror.add("spindoe/trajectories.zip", content.getvalue())


def add_jsb_chorales(mirror) -> None:
    """Eight pieces of 6 to 20 chords in every split: a scale in four voices, and a rest."""
    scale = (0, 2, 4, 5, 7, 9, 11, 12)
    pieces = []
    for number in range(8):
        chords = [[48 + scale[(number + t) % 8] + voice for voice in (0, 7, 12, 16)]
                  for t in range(6 + 2 * number)]  # fmt: skip
        pieces.append([*chords, []])
    content = json.dumps({split: pieces for split in ("train", "valid", "test")})
    mirror.add("jsb_chorales/jsb-chorales-quarter.json", content.encode())


def add_mnist(mirror, side: int = 28) -> None:
    """Sixty digits to train on and twenty to test: a bar across whose height is the digit."""
    labels = np.arange(60, dtype="uint8") % 10
    images: np.ndarray = np.zeros((60, side, side), "uint8")
    for number, label in enumerate(labels):
        images[number, 4 + 2 * label : 6 + 2 * label, 6:-6] = 200 + number % 50
    content = io.BytesIO()
    arrays = {"x_train": images, "y_train": labels, "x_test": images[:20], "y_test": labels[:20]}
    np.savez(content, **arrays)
    mirror.add("mnist/mnist.npz", content.getvalue())


def wav_of(seconds: float, hertz: float, rate: int) -> bytes:
    """A wav file of 16 bits with one tone."""
    steps = np.arange(int(seconds * rate)) / rate
    content = io.BytesIO()
    with wave.open(content, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((10_000 * np.sin(2 * np.pi * hertz * steps)).astype("<i2").tobytes())
    return content.getvalue()


def add_an4(mirror, speakers: int = 40) -> None:
    """Two utterances of each speaker to train on, and one of two others; c0 counts frames."""
    content = io.BytesIO()
    said = ("YES", "A B C THREE")
    parts = {"train": [(f"f{n:03}", two) for n in range(speakers) for two in (0, 1)]}
    parts["test"] = [("mzzz", 0), ("fzzz", 1)]
    with zipfile.ZipFile(content, "w") as out:
        for part, rows in parts.items():
            folder = "an4_clstk" if part == "train" else "an4test_clstk"
            lists, texts = [], []
            for speaker, number in rows:
                name = f"an{number}-{speaker}-b"
                frames: np.ndarray = np.zeros((20 + number, 13), ">f4")
                frames[:, 0] = np.arange(len(frames))
                frames[::2, 1] = number  # by which the two are told apart
                content_of = np.array([frames.size], ">i4").tobytes() + frames.tobytes()
                out.writestr(f"an4/an4/feat/{folder}/{speaker}/{name}.mfc", content_of)
                lists.append(f"{folder}/{speaker}/{name}\n")
                texts.append(f"<s> {said[number]} </s> ({name})\n")
            out.writestr(f"an4/an4/etc/an4_{part}.fileids", "".join(lists))
            out.writestr(f"an4/an4/etc/an4_{part}.transcription", "".join(texts))
    mirror.add("an4/an4.zip", content.getvalue())


def add_fsdd(mirror) -> None:
    """Twelve recordings of three digits by two speakers, whose pitch is the digit's."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for speaker in ("ada", "bob"):
            for digit in range(3):
                for number in range(12):
                    sound = wav_of(0.05 + 0.01 * (speaker == "bob"), 300 * (1 + digit), 8000)
                    out.writestr(f"fsdd/recordings/{digit}_{speaker}_{number}.wav", sound)
    mirror.add("fsdd/fsdd.zip", content.getvalue())


def add_arctic(mirror, sentences: int = 40) -> None:
    """Sentences of a vowel between silences, which ends at 0.08 s."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for number in range(1, sentences + 1):
            name = f"arctic_a{number:04}"
            lab = "separator ;\nnfields 1\n#\n\t0.03 26\t_\n\t0.08 26\tEI\n\t0.1 26\t_\n"
            out.writestr(f"arctic/lab/{name}.lab", lab)
            out.writestr(f"arctic/txt/{name}.txt", f"A, {number} times\n")
            out.writestr(f"arctic/wav/{name}.wav", wav_of(0.1, 500, 16000))
    mirror.add("arctic/arctic.zip", content.getvalue())


def add_essays(mirror, essays: int = 40) -> None:
    """Essays of a line, in the archive of a mirror."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz") as out:
        for number in range(essays):
            text = f"Essay {number}: to write well, write.\n".encode()
            member = tarfile.TarInfo(f"essays/{number}.txt")
            member.size = len(text)
            out.addfile(member, io.BytesIO(text))
    mirror.add("essays/paul_graham.tar.xz", content.getvalue())


def add_c_source(mirror) -> None:
    """A hundred lines of C."""
    text = "".join(f"int f{number:02}(void) {{ return {number:02}; }}\n" for number in range(100))
    mirror.add("c_source/redis_7.2.6_src.txt.gz", gzip.compress(text.encode()))


def babi_story(number: int) -> str:
    """A story of two people and two questions, as lines of a file of bAbI."""
    (one, other), places = ("Mary", "John")[:: 1 - 2 * (number % 2)], ("garden", "office")
    here, there = places[:: 1 - 2 * (number // 2 % 2)]
    return (
        f"1 {one} went to the {here}.\n2 {other} moved to the {there}.\n"
        f"3 Where is {one}? \t{here}\t1\n4 {one} took the milk.\n5 Where is {other}?\t{there}\t2\n"
    )


def add_babi(mirror, stories: int = 40) -> None:
    """Files of the same small stories for all twenty tasks, in the archive of a mirror."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz") as out:
        for task in range(1, 21):
            for split, first in (("train", 0), ("test", 1)):
                text = "".join(map(babi_story, range(first, first + stories))).encode()
                name = f"babi/datasets/tasks_1-20_v1-2/en/qa{task}_small-facts_{split}.txt"
                member = tarfile.TarInfo(name)
                member.size = len(text)
                out.addfile(member, io.BytesIO(text))
    mirror.add("babi/babi.tar.xz", content.getvalue())


def mail(number: int) -> tuple[str, str]:
    """A small e-mail and its subject line."""
    name = ("Anna Weber", "Ben Okafor", "Chris Diaz")[number % 3]
    what = ("budget", "draw file", "gas meeting")[number // 3 % 3]
    return (
        f"Hi all,\nplease send the {what} to {name} today.\nThanks, {number}",
        f"{what} for {name}",
    )


def add_aeslc(mirror, mails: int = 40) -> None:
    """Small e-mails of all splits, those to test with other lines too, in the mirror's archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz") as out:
        for split, first in (("train", 0), ("dev", 100), ("test", 200)):
            for number in range(first, first + mails):
                text, subject = mail(number)
                text = f"{text}\n\n@subject\n{subject}"
                if split != "train":
                    text += "".join(f"\n\n@ann{i}\n{subject.split()[i]} {i}" for i in range(2))
                    text += "\n\n@ann2\n"
                member = tarfile.TarInfo(
                    f"aeslc/enron_subject_line/{split}/x_inbox_{number}.subject"
                )
                member.size = len(text.encode())
                out.addfile(member, io.BytesIO(text.encode()))
    mirror.add("aeslc/aeslc.tar.xz", content.getvalue())


def add_miracl_vc1(mirror) -> None:
    """Two clips of a word and a phrase by speakers of every split: film strips of grey frames."""
    from PIL import Image

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for number, speaker in enumerate(("F01", "F02", "F07", "M02", "M04", "M08")):
            for kind, label in (("words", 3), ("phrases", 9)):
                for instance in (1, 2):
                    strip = np.full((32 * (2 + instance), 64), 20 * number + label, "uint8")
                    picture = io.BytesIO()
                    Image.fromarray(strip).save(picture, "JPEG")
                    name = f"miracl_vc1/{speaker}/{kind}/{label:02}/{instance:02}.jpg"
                    out.writestr(name, picture.getvalue())
    mirror.add("miracl_vc1/miracl_vc1.zip", content.getvalue())


def add_ut_interaction(mirror, clip=lambda sequence, label: bytes([sequence, label])) -> None:
    """Six clips of each sequence, one of each action, whose bytes are numbers."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as out:
        for sequence in range(1, 21):
            for label in range(6):
                name = f"ut_interaction/set{1 + sequence // 11}/{label}_{sequence}_{label}.mp4"
                out.writestr(name, clip(sequence, label))
    mirror.add("ut_interaction/ut_interaction.zip", content.getvalue())


def add_boxes(mirror, frames: int = 60) -> None:
    """Tracks of both forms by the names that there are, each with another curve, side and size."""
    content = io.BytesIO()
    names = ("Bike", "Car4", "CarChase2", "Drone1", "Mohiniyattam", "MotorcycleChase")
    names += ("basketball", "car", "jogging.1", "jogging.2")
    with zipfile.ZipFile(content, "w") as out:
        for number, name in enumerate(names):
            lines = []
            for step in range(frames):
                left, top = 100 + 3 * step, 80 + 20 * math.sin(step / 9 + number)
                box = f"{left},{top:.0f},{30 + number},{60 - step // 9}"
                lines.append(f"{step + 1},{box},0" if name[0].isupper() else box)
            out.writestr(f"tracks/{name}.txt", "\n".join(lines))
    mirror.add("tracks/tracks.zip", content.getvalue())


def add_ucsd_ped2(mirror) -> None:
    """Three clips of people, one of them for validation, and two with something unusual."""
    content, masks = io.BytesIO(), io.BytesIO()
    bits = np.zeros((7, 240, 45), "uint8")  # of three frames and of four
    bits[1, 120:, :10] = 255
    bits[5, :60, 40:] = 255
    np.savez_compressed(masks, mask=bits, shape=np.array([7, 240, 360]))
    labels = {"Test001": [0, 1, 0], "Test002": [0, 0, 1, 0]}
    with zipfile.ZipFile(content, "w") as out:
        for part, numbers in (("Train", (1, 2, 3)), ("Test", (1, 2))):
            for number in numbers:
                out.writestr(f"ucsd_ped2/{part}/{part}{number:03}.mp4", bytes([number]))
        out.writestr("ucsd_ped2/frame_labels.json", json.dumps(labels))
        out.writestr("ucsd_ped2/pixel_masks_packbits.npz", masks.getvalue())
    mirror.add("ucsd_ped2/ucsd_ped2.zip", content.getvalue())


# A data set to check -> what adds its files to those that a TinyMirror has.
TINY = {
    "multi30k/de-cs": None,
    "tatoeba/en-fr": None,
    "sst/fine": add_sst,
    "ud/ewt": add_ud,
    "imdb": add_imdb,
    "an4": add_an4,
    "arctic": add_arctic,
    "fsdd": add_fsdd,
    "digit_strings": add_fsdd,
    "hello": None,
    "eth_ucy/zara1": add_eth_ucy,
    "ett/h1": add_ett,
    "jsb_chorales": add_jsb_chorales,
    "mnist": add_mnist,
    "msr_action3d": add_skeletons,
    "utkinect/s01": add_skeletons,
    "vidvrd": add_vidvrd,
    "ptb": add_ptb,
    "spindoe": add_spindoe,
    "tracked_boxes/fold1": add_boxes,
    "flickr8k": add_flickr8k,
    "tiny_shakespeare": add_tiny_shakespeare,
    "aeslc": add_aeslc,
    "babi": add_babi,
    "miracl_vc1": add_miracl_vc1,
    "ucsd_ped2": add_ucsd_ped2,
    "ut_interaction/sequence03": add_ut_interaction,
    "essays": add_essays,
    "c_source": add_c_source,
}
