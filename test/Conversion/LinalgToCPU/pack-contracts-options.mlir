// RUN: compress-opt %s --verify-diagnostics --compress-pack-contracts="vector-width=4 tile-n=6"

// expected-error @below {{expected tile-n to be a positive multiple of vector-width, found vector-width=4 tile-n=6}}
module {
}
