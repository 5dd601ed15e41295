// diffusers lists a U-Net's attention processors in the order in which it registers its blocks: down blocks, up blocks,
// and the mid block last, although it is computed between them (unet_2d_condition.py, attn_processors).

import {
  type CrossAttention,
  findCrossAttentions,
  type Graph,
  type GraphIndex,
  indexGraph,
  type Node,
  numberAttribute,
} from "@sunstep/onnx-graph";

type Part = "down" | "up" | "mid";

const parts: readonly Part[] = ["down", "up", "mid"];

/** Finds the cross-attentions over the graph input `prompt`, in the order of diffusers' `unet.attn_processors`. */
export function crossAttentionsInOrder(graph: Graph, prompt: string): readonly CrossAttention[] {
  const attentions = findCrossAttentions(graph, prompt);
  const index = indexGraph(graph);
  const named = attentions.map(({ node }) => partByName(node.name));
  const partOf = named.every((part) => part !== undefined)
    ? named
    : partsByStructure(
        attentions.map(({ node }) => node),
        graph,
        index,
      );
  return parts.flatMap((part) => attentions.filter((_, i) => partOf[i] === part));
}

/** Reads the module path that our networks and most exporters put into node names. */
function partByName(name: string): Part | undefined {
  return /(?:^|[/.])(down|up|mid)_blocks?(?:[/.]|$)/.exec(name)?.[1] as Part | undefined;
}

/**
 * Tells blocks apart by skip connections. Up blocks come after a Concat of channels. The mid block's result reaches one
 * such Concat, as its direct input; a down block's result also reaches others, as a skip.
 */
function partsByStructure(attentions: readonly Node[], graph: Graph, index: GraphIndex): Part[] {
  const joinsBefore = new Set<Node>();
  for (const node of graph.nodes) {
    const sources = node.inputs.flatMap((input) => index.producer(input) ?? []);
    if (sources.some((source) => joinsBefore.has(source) || joinsChannels(source, index)))
      joinsBefore.add(node);
  }
  return attentions.map((node) => {
    if (joinsBefore.has(node)) return "up";
    return joinInputsReached(node, index).size > 1 ? "down" : "mid";
  });
}

/** Returns the inputs of channel Concats that a node's result reaches without passing another Concat. */
function joinInputsReached(from: Node, index: GraphIndex): Set<string> {
  const reached = new Set<string>();
  const seen = new Set<Node>([from]);
  const open = [from];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const value of node.outputs) {
      for (const consumer of index.consumers(value)) {
        if (joinsChannels(consumer, index)) {
          consumer.inputs.forEach((input, i) => {
            if (input === value) reached.add(`${i} of ${consumer.outputs[0]}`);
          });
        } else if (!seen.has(consumer)) {
          seen.add(consumer);
          open.push(consumer);
        }
      }
    }
  }
  return reached;
}

/** Tells whether a node is a Concat of images [batch, channels, height, width] along their channels. */
function joinsChannels(node: Node, index: GraphIndex): boolean {
  if (node.op !== "Concat" || numberAttribute(node.attributes, "axis", 0) !== 1) return false;
  const rank = index.type(node.outputs[0] ?? "")?.shape?.length;
  return rank === undefined || rank === 4;
}
