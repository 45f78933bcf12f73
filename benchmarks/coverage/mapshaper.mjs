// mapshaper's -clean behind the same three words as benchmarks/coverage/worker.py:
//   node mapshaper.mjs FOLDER_WITH_NODE_MODULES GRIDS.json [OPTIONS]
// Reading the file and building its topology happen in "prepare" and are not counted.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const FEW = 10;
const [folder, file, given = "{}"] = process.argv.slice(2);
const options = JSON.parse(given);
const mapshaper = createRequire(`${folder}/`)("mapshaper");
const say = (values) => process.stdout.write(`${JSON.stringify(values)}\n`);

let dataset;
const words = {
  prepare() {
    dataset = mapshaper.internal.importFile(file, {});
    return { prepared: true };
  },
  run() {
    const start = performance.now();
    mapshaper.cmd.cleanLayers(dataset.layers, dataset, { allow_empty: true, ...options });
    return { seconds: (performance.now() - start) / 1000 };
  },
  tell() {
    const [layer] = dataset.layers;
    const emptied = layer.shapes.filter((shape) => !shape).length;
    if (layer.shapes.length > FEW) return { emptied };
    const [{ content }] = mapshaper.internal.exportGeoJSON(dataset, { format: "geojson" });
    const { features } = JSON.parse(content);
    return { emptied, geojson: features.map(({ geometry }) => JSON.stringify(geometry)) };
  },
};

words.prepare();
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) say(words[line.trim()]());
