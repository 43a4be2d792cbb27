"""The zoo's translation model written plainly in PyTorch, with the same weights: the peer.

Encoder, decoder and beam search as an experienced PyTorch user would write them: `nn.GRU` over
whole sequences, attention for all target positions at once in training, memory indexed per sentence
and finished sentences dropped from the batch in decoding.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional


class TorchTranslation(nn.Module):
    """GRU encoder and decoder with additive attention, of the zoo's wiring.

    Args:
        vocabulary_size, embedding_size, units: sizes.
        encoder_layers, decoder_layers: numbers of layers.
        dropout: share dropped in training of embeddings, layer inputs, memory and readout.
    """

    def __init__(
        self,
        vocabulary_size,
        embedding_size,
        units,
        encoder_layers,
        decoder_layers,
        dropout=0.0,
    ):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        half = units // 2
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.encoder = nn.ModuleList(
            nn.GRU(units if i else embedding_size, half, batch_first=True, bidirectional=True)
            for i in range(encoder_layers)
        )
        self.decoder = nn.ModuleList(
            nn.GRU(2 * units if i else embedding_size, units, batch_first=True)
            for i in range(decoder_layers)
        )
        self.query = nn.Linear(units, units, bias=False)
        self.keys = nn.Linear(units, units)
        self.score = nn.Linear(units, 1, bias=False)
        self.start = nn.Linear(units, units * decoder_layers)
        self.readout = nn.Linear(2 * units + embedding_size, embedding_size)
        self.output_bias = nn.Parameter(torch.zeros(vocabulary_size))

    def encode(self, source):
        """Ids `[batch, time]` to memory, its keys, its mask, and the decoder's first states."""
        mask = source != 0
        lengths = mask.sum(1)
        hidden = self.embedding(source)
        for layer in self.encoder:
            packed = nn.utils.rnn.pack_padded_sequence(
                self.dropout(hidden), lengths, batch_first=True, enforce_sorted=False
            )
            outputs, _ = nn.utils.rnn.pad_packed_sequence(
                layer(packed)[0], batch_first=True, total_length=source.shape[1]
            )
            hidden = outputs + hidden if outputs.shape == hidden.shape else outputs
        hidden = self.dropout(hidden)
        mean = (hidden * mask.unsqueeze(-1)).sum(1) / lengths.unsqueeze(1)
        states = torch.tanh(self.start(mean)).chunk(len(self.decoder), dim=1)
        return hidden, self.keys(hidden), mask, list(states)

    def attend(self, query, memory, keys, mask):
        """Queries `[batch, n, units]` to contexts `[batch, n, units]`."""
        scores = self.score(torch.tanh(self.query(query).unsqueeze(2) + keys.unsqueeze(1)))
        scores = scores.squeeze(-1).masked_fill(~mask.unsqueeze(1), -1e9)
        return torch.matmul(scores.softmax(-1), memory)

    def forward(self, source, target):
        """Logits `[batch, time, vocabulary]` with the true previous tokens."""
        memory, keys, mask, states = self.encode(source)
        embedded = self.dropout(self.embedding(target))
        return self._decode(embedded, memory, keys, mask, states)[0]

    def _decode(self, embedded, memory, keys, mask, states):
        hidden, context, new_states = embedded, None, []
        for i, (layer, state) in enumerate(zip(self.decoder, states, strict=True)):
            inputs = self.dropout(torch.cat([hidden, context], -1)) if i else hidden
            outputs, last = layer(inputs, state.unsqueeze(0).contiguous())
            new_states.append(last.squeeze(0))
            hidden = outputs + hidden if i and outputs.shape == hidden.shape else outputs
            if i == 0:
                context = self.attend(hidden, memory, keys, mask)
        readout = self.dropout(torch.tanh(self.readout(torch.cat([hidden, context, embedded], -1))))
        return functional.linear(readout, self.embedding.weight, self.output_bias), new_states

    @torch.no_grad()
    def translate(self, source, beam_size=5, bos_id=2, eos_id=3, max_length=None):
        """Beam search with length normalisation `((5 + n) / 6)`; the best ids of each sentence."""
        batch, beam = len(source), beam_size
        memory, keys, mask, states = self.encode(source)
        states = [state.repeat_interleave(beam, 0) for state in states]
        tokens = torch.full((batch, beam), bos_id)
        log_probs = torch.full((batch, beam), -1e30)
        log_probs[:, 0] = 0.0
        histories = torch.zeros((batch, beam, 0), dtype=torch.long)
        alive = torch.arange(batch)
        best = [(-1e30, [])] * batch
        for t in range(max_length or 2 * source.shape[1] + 10):
            rows = len(alive)
            embedded = self.embedding(tokens.reshape(-1, 1))
            logits, states = self._step(embedded, memory, keys, mask, states, rows, beam)
            scores = log_probs.reshape(-1, 1) + functional.log_softmax(logits, -1)
            log_probs, places = scores.reshape(rows, -1).topk(2 * beam, dim=1)
            parents, tokens = places // logits.shape[-1], places % logits.shape[-1]
            histories = torch.cat(
                [histories.gather(1, parents.unsqueeze(2).expand(-1, -1, t)), tokens.unsqueeze(2)],
                dim=2,
            )
            penalty = (5 + t + 1) / 6
            ended = tokens == eos_id
            for row, rank in (ended & (torch.arange(2 * beam) < beam)).nonzero().tolist():
                score = log_probs[row, rank].item() / penalty
                if score > best[alive[row]][0]:
                    best[alive[row]] = (score, histories[row, rank].tolist())
            # The beam goes on with the best continuations that have not ended.
            open_ = log_probs.masked_fill(ended, -1e30)
            log_probs, order = open_.topk(beam, dim=1)
            tokens = tokens.gather(1, order)
            parents = parents.gather(1, order)
            histories = histories.gather(1, order.unsqueeze(2).expand(-1, -1, t + 1))
            limit = (5 + 2 * source.shape[1] + 10) / 6
            can_win = log_probs[:, 0] / limit > torch.tensor([best[i][0] for i in alive.tolist()])
            rows_left = can_win.nonzero().squeeze(1)
            if not len(rows_left):
                break
            flat = (rows_left.unsqueeze(1) * beam + parents[rows_left]).reshape(-1)
            states = [state[flat] for state in states]
            if len(rows_left) < rows:
                alive, tokens, log_probs = alive[rows_left], tokens[rows_left], log_probs[rows_left]
                histories = histories[rows_left]
                memory, keys, mask = memory[rows_left], keys[rows_left], mask[rows_left]
        return [ids for _, ids in best]

    def _step(self, embedded, memory, keys, mask, states, rows, beam):
        hidden, context, new_states = embedded, None, []
        for i, (layer, state) in enumerate(zip(self.decoder, states, strict=True)):
            inputs = torch.cat([hidden, context], -1) if i else hidden
            outputs, last = layer(inputs, state.unsqueeze(0))
            new_states.append(last.squeeze(0))
            hidden = outputs + hidden if i and outputs.shape == hidden.shape else outputs
            if i == 0:
                query = hidden.reshape(rows, beam, -1)
                context = self.attend(query, memory, keys, mask).reshape(rows * beam, 1, -1)
        readout = torch.tanh(self.readout(torch.cat([hidden, context, embedded], -1)))
        logits = functional.linear(readout.squeeze(1), self.embedding.weight, self.output_bias)
        return logits, new_states


def from_zoo(model) -> TorchTranslation:
    """The PyTorch model with the weights of a zoo model built of GRUs and additive attention."""
    encoder, decoder = model.encoder, model.decoder
    embedding, units = encoder.embedding, decoder.layers[0].output_size
    peer = TorchTranslation(
        embedding.input_dim,
        embedding.output_dim,
        units,
        len(encoder.recurrence.layers),
        len(decoder.layers),
    )

    def put(parameter, value):
        parameter.data = torch.from_numpy(np.ascontiguousarray(np.asarray(value)))

    def put_gru(layer, cell, suffix):
        def gates(matrix):  # the zoo's order is z, r, n, and PyTorch's r, z, n
            z, r, n = np.split(np.asarray(matrix), 3, axis=-1)
            return np.concatenate([r, z, n], axis=-1).T

        put(getattr(layer, f"weight_ih_l0{suffix}"), gates(cell.kernel))
        put(getattr(layer, f"weight_hh_l0{suffix}"), gates(cell.recurrent_kernel))
        put(getattr(layer, f"bias_ih_l0{suffix}"), gates(cell.bias))
        put(getattr(layer, f"bias_hh_l0{suffix}"), gates(cell.recurrent_bias))

    def put_dense(linear, kernel, bias=None):
        put(linear.weight, np.asarray(kernel).T)
        if bias is not None:
            put(linear.bias, bias)

    put(peer.embedding.weight, embedding.embeddings)
    for layer, pair in zip(peer.encoder, encoder.recurrence.layers, strict=True):
        put_gru(layer, pair.forward.cell, "")
        put_gru(layer, pair.backward.cell, "_reverse")
    for layer, recurrent in zip(peer.decoder, decoder.layers, strict=True):
        put_gru(layer, recurrent.cell, "")
    attention = decoder.attention
    put_dense(peer.query, attention.query_kernel)
    put_dense(peer.keys, attention.memory_kernel, attention.bias)
    put_dense(peer.score, attention.score_kernel)
    put_dense(peer.start, decoder.start_dense.kernel, decoder.start_dense.bias)
    put_dense(peer.readout, decoder.readout.kernel, decoder.readout.bias)
    put(peer.output_bias, decoder.output_bias)
    return peer
