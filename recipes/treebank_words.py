"""Has a trained tagger learn which tokens a treebank contracts or keeps whole, and no weights.

python recipes/treebank_words.py pos-bilstm-ewt --treebank ewt --out pos-bilstm-ewt.keras
"""

import argparse

import zoo
from zoo.data import read_tagged
from zoo.experiments import recipe
from zoo.experiments.treebanks import treebank_words


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="released name, or path of a .keras file")
    parser.add_argument("--treebank", required=True, help="such as ewt, as in pos_bilstm.py")
    parser.add_argument("--out", default="pos-bilstm.keras", help="the model with its words")
    args = parser.parse_args()
    model = zoo.load(args.model)
    sentences = read_tagged(f"ud/{args.treebank}", "train")
    model.tokenizer.treebank = treebank_words(sentences, model.languages)
    recipe.save(args, model)


if __name__ == "__main__":
    recipe.start(main)
