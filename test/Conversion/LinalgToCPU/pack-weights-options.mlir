// RUN: compress-opt %s --verify-diagnostics --compress-pack-weights="vector-width=4 tile-n=6 dot-length=3"

// expected-error @below {{expected tile-n to be a positive multiple of vector-width, accumulators to be positive, and dot-length to be 1, 2 or 4; found vector-width=4 tile-n=6 accumulators=24 dot-length=3}}
module {
}
