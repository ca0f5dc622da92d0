"""Writes the fine-tuned encoder as one ONNX file: token ids in, unit vectors out.

The matrices become 8-bit (unsigned, one scale for each column: signed ones would overflow in the
16-bit sums of processors without VNNI). The word embeddings go in as the package's own 4-bit codes,
which is exact, since training leaves them alone. Padding is recognised by its id.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.encoder.model import Body
from bot.encoder.package_weights import BLOCK, Blocks
from bot.nlu.unigram import PADDING

OPSET = 17
CONTRIBUTED = "com.microsoft"  # onnxruntime's own operators; GatherBlockQuantized is one


def export(body: Body, words: Blocks, path: Path) -> None:
    """Writes `body` over the embeddings `words` to `path`."""
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "small.onnx"
        _export_body(body, exact)
        quantize_dynamic(
            exact,
            small,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QUInt8,
            extra_options={"MatMulConstBOnly": True},
        )
        model = onnx.load(small)
    _put_embeddings_before(model.graph, words)
    model.opset_import.append(helper.make_opsetid(CONTRIBUTED, 1))
    model.ir_version = 10  # INT4 tensors
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _export_body(body: Body, path: Path) -> None:
    hidden = body.positions.shape[1]
    example = (torch.zeros(2, 7, hidden), torch.ones(2, 7))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated, and exact here
        torch.onnx.export(
            body.eval(),
            example,
            path,
            input_names=["words", "present"],
            output_names=["vectors"],
            dynamic_axes={
                "words": {0: "texts", 1: "tokens"},
                "present": {0: "texts", 1: "tokens"},
                "vectors": {0: "texts"},
            },
            opset_version=OPSET,
            dynamo=False,
        )


def _put_embeddings_before(graph: onnx.GraphProto, words: Blocks) -> None:
    graph.initializer.extend(
        [
            _packed(words.codes),
            numpy_helper.from_array(words.scales, "word_scales"),
            numpy_helper.from_array(np.array(PADDING, dtype=np.int64), "padding_id"),
        ]
    )
    look_up = helper.make_node(
        "GatherBlockQuantized",
        ["word_codes", "ids", "word_scales"],
        ["words"],
        domain=CONTRIBUTED,
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    presence = [
        helper.make_node("Equal", ["ids", "padding_id"], ["is_padding"]),
        helper.make_node("Not", ["is_padding"], ["is_present"]),
        helper.make_node("Cast", ["is_present"], ["present"], to=TensorProto.FLOAT),
    ]
    for place, node in enumerate([look_up, *presence]):
        graph.node.insert(place, node)
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"]))


def _packed(codes: np.ndarray) -> TensorProto:
    """4-bit integers, two to a byte, the first in the low half."""
    halves = (codes & 0x0F).astype(np.uint8)
    packed = halves[:, 0::2] | (halves[:, 1::2] << 4)
    return TensorProto(
        name="word_codes",
        data_type=TensorProto.INT4,
        dims=codes.shape,
        raw_data=packed.tobytes(),
    )
