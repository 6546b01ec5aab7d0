//===- EmulatedABI.h - What an emulated kernel calls ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions that `convert-nvvm-to-emulated` calls in place of NVVM ops, and
// that the emulator defines. Plain C types only: pointers of every memory space
// are host pointers, fragments are arrays of 32-bit registers in the order of
// the PTX ISA, and every call names its site, a text such as
// "file.mlir:3:5: 'nvvm.barrier'" whose address identifies the op.
//
// Shared memory lies below 4 GiB, so that a 32-bit shared address is the low
// word of its pointer. Names of instructions and fragments follow the PTX ISA
// 8.x ("Parallel Thread Execution ISA", NVIDIA), by whose section titles the
// functions are documented.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_EMULATEDABI_H
#define COMPRESS_RUNTIME_EMULATEDABI_H

#include <cstdint>

namespace mlir::compress::runtime {

/// Special registers. Three consecutive values are the x, y and z of one.
enum class EmulatedRegister : int32_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  ClusteridX,
  ClusteridY,
  ClusteridZ,
  NclusteridX,
  NclusteridY,
  NclusteridZ,
  ClusterCtaidX,
  ClusterCtaidY,
  ClusterCtaidZ,
  ClusterNctaidX,
  ClusterNctaidY,
  ClusterNctaidZ,
  ClusterCtarank,
  ClusterNctarank,
  LaneId,
  WarpId,
  LaneMaskEq,
  LaneMaskLe,
  LaneMaskLt,
  LaneMaskGe,
  LaneMaskGt,
  SmId,
  /// A count of the instructions that were emulated, which grows.
  Clock
};

enum class EmulatedAccess : int32_t { Load, Store, Atomic };

/// Classes of the ops of a kernel that are compiled as they are, and counted.
enum class EmulatedClass : int32_t { Integer, Float, Convert, Branch, Other };

enum class EmulatedShuffle : int32_t { Idx, Up, Down, Bfly };
enum class EmulatedVote : int32_t { All, Any, Uni, Ballot };

/// Element types of matrix operands.
enum class EmulatedType : int32_t {
  F16,
  BF16,
  TF32,
  F32,
  F64,
  E4M3,
  E5M2,
  S8,
  U8,
  S4,
  U4,
  S32
};

/// What an mma.sync or mma.sp.sync computes: D[m][n] = C + A[m][k] * B[k][n],
/// A by rows and B by columns, one warp. With `sparse`, A holds k/2 columns and
/// `metadata` of the threads that `selector` names says where they stand.
struct EmulatedMma {
  int32_t m, n, k;
  EmulatedType a, b, c, d;
  int32_t saturate;
  int32_t sparse;
  int32_t selector;
};

/// What a wgmma.mma_async computes: D[64][n] += A[64][k] * B[k][n], one
/// warpgroup; k has 32 bytes of a row. An operand in shared memory is K-major,
/// or with `transposeA` and `transposeB` (of 16-bit types) MN-major. With
/// `sparse`, k has 64 bytes, of which A holds one half, and `metadata` of the
/// threads that `selector` names says where its elements stand.
struct EmulatedWgmma {
  int32_t n;
  EmulatedType a, b, d;
  int32_t transposeA, transposeB;
  int32_t negateA, negateB;
  int32_t saturate;
  int32_t sparse;
  int32_t selector;
};

/// Element types of tensors in global memory, with the numbers that
/// CUtensorMapDataType of the CUDA driver has.
enum class EmulatedTensorType : int32_t {
  UInt8,
  UInt16,
  UInt32,
  Int32,
  UInt64,
  Int64,
  Float16,
  Float32,
  Float64,
  BFloat16,
  Float32Ftz,
  TFloat32,
  TFloat32Ftz
};

/// How 16-byte chunks of shared memory are permuted, numbered as
/// CUtensorMapSwizzle: address bits 4 and up are exclusive-ored with bits 7 and
/// up, 1, 2 or 3 of them.
enum class EmulatedSwizzle : int32_t { None, Bytes32, Bytes64, Bytes128 };

/// The parameters of the CUDA driver's cuTensorMapEncodeTiled; dimension 0 is
/// the one of consecutive elements, and strides, in bytes, are of the others.
struct EmulatedTensorMap {
  EmulatedTensorType type;
  int32_t rank;
  void *address;
  int64_t extents[5];
  int64_t strides[4];
  int32_t box[5];
  int32_t elementStrides[5];
  EmulatedSwizzle swizzle;
  /// Whether elements outside of the tensor are NaN instead of zero.
  int32_t fillsWithNaN;
};

} // namespace mlir::compress::runtime

extern "C" {

/// Runs a kernel: `kernel(arguments)` once for every thread. `sizes` holds the
/// grid's, the block's and the cluster's x, y, z. Shared memory is
/// `staticShared` bytes of the kernel's own variables, then `dynamicShared`.
/// After an error the call returns at once, and so do later launches, until
/// Emulator::takeError. Without a current Emulator nothing is run.
void compress_emulated_launch(const char *name, void (*kernel)(void **),
                              void **arguments, const int64_t *sizes,
                              int64_t staticShared, int64_t dynamicShared,
                              const char *site);

/// Device memory, aligned to 256 bytes, with guards that kernels must not
/// touch.
void *compress_emulated_allocate(int64_t bytes, const char *site);
void compress_emulated_free(void *data, const char *site);
/// Fills the 128 bytes, aligned to 64, that a kernel takes as a tensor map.
/// What the driver would not accept is an error of the host.
void compress_emulated_encode_tensor_map(
    void *map, const mlir::compress::runtime::EmulatedTensorMap *parameters,
    const char *site);

int32_t compress_emulated_register(int32_t which);
/// The address of `offset` in the block's shared memory.
void *compress_emulated_shared(int64_t offset);
/// mapa: the address in the shared memory of block `rank` of the cluster.
void *compress_emulated_map_shared(void *address, int32_t rank,
                                   const char *site);

/// Before a load, store or atomic of `bytes` at `address`, which needs
/// `alignment`. A store happens after the call, which after a fault does not
/// return. A thread's own stack is memory that it may use.
void compress_emulated_access(void *address, int32_t bytes, int32_t alignment,
                              int32_t access, const char *site);
/// Counts `count` instructions of a class for the thread that runs.
void compress_emulated_count(int32_t kind, int32_t count);

/// barrier.sync: waits at barrier `id` for `threads` threads, or for all of the
/// block when that is 0.
void compress_emulated_barrier(int32_t id, int32_t threads, const char *site);
void compress_emulated_barrier_arrive(int32_t id, int32_t threads,
                                      const char *site);
void compress_emulated_cluster_arrive(const char *site);
void compress_emulated_cluster_wait(const char *site);
void compress_emulated_syncwarp(int32_t mask, const char *site);

/// shfl.sync; `clamp` is its operand c, and `inRange`, where not null, gets 1
/// where the source lane is.
int32_t compress_emulated_shuffle(int32_t mode, int32_t mask, int32_t value,
                                  int32_t lane, int32_t clamp, int8_t *inRange,
                                  const char *site);
int32_t compress_emulated_vote(int32_t mode, int32_t mask, int32_t predicate,
                               const char *site);
/// elect.sync of all lanes: 1 in the first that has not exited.
int32_t compress_emulated_elect(const char *site);

/// ldmatrix and stmatrix of `count` 8x8 matrices of 16-bit elements, each row
/// of which some lane gives the address of.
void compress_emulated_ldmatrix(uint32_t *result, void *address, int32_t count,
                                int32_t transpose, const char *site);
void compress_emulated_stmatrix(const uint32_t *values, void *address,
                                int32_t count, int32_t transpose,
                                const char *site);

void compress_emulated_mma(void *d, const void *a, const void *b, const void *c,
                           int32_t metadata,
                           const mlir::compress::runtime::EmulatedMma *form,
                           const char *site);

/// cp.async of `bytes` (4, 8 or 16), of which `sourceBytes` are read and the
/// rest are zero.
void compress_emulated_cp_async(void *shared, void *global, int32_t bytes,
                                int32_t sourceBytes, const char *site);
void compress_emulated_cp_async_commit(const char *site);
/// Waits until at most `pending` groups of the thread are in flight. A copy
/// that no group holds is not waited for: cp.async.wait_all is a commit and a
/// wait for 0.
void compress_emulated_cp_async_wait(int32_t pending, const char *site);
/// cp.async.mbarrier.arrive: the barrier is arrived at when the thread's copies
/// so far have landed. `noIncrement` as in the instruction.
void compress_emulated_cp_async_arrive(void *barrier, int32_t noIncrement,
                                       const char *site);

/// mbarrier objects, which are 8 bytes of shared memory.
void compress_emulated_mbarrier_init(void *barrier, int32_t count,
                                     const char *site);
void compress_emulated_mbarrier_inval(void *barrier, const char *site);
/// Returns the state token: the phase before the arrival.
int64_t compress_emulated_mbarrier_arrive(void *barrier, int32_t count,
                                          int32_t transactionBytes,
                                          const char *site);
void compress_emulated_mbarrier_expect(void *barrier, int32_t transactionBytes,
                                       const char *site);
/// Waits for the end of the phase with this parity; always returns 1.
int32_t compress_emulated_mbarrier_wait_parity(void *barrier, int32_t parity,
                                               const char *site);
/// Waits for the end of the phase of `state`; always returns 1.
int32_t compress_emulated_mbarrier_wait(void *barrier, int64_t state,
                                        const char *site);
/// Whether the phase of `state`, or the one with this parity, is over, without
/// a wait.
int32_t compress_emulated_mbarrier_test(void *barrier, int64_t state,
                                        const char *site);
int32_t compress_emulated_mbarrier_test_parity(void *barrier, int32_t parity,
                                               const char *site);
/// mbarrier.arrive_drop: an arrival after which the phases to come expect as
/// many fewer.
int64_t compress_emulated_mbarrier_drop(void *barrier, int32_t count,
                                        int32_t transactionBytes,
                                        const char *site);
void compress_emulated_mbarrier_complete(void *barrier,
                                         int32_t transactionBytes,
                                         const char *site);

/// fence.proxy.async: what the thread has written, or knows that others have,
/// may be read by bulk copies and wgmma.
void compress_emulated_fence_proxy(const char *site);

/// cp.async.bulk.tensor to shared memory, tile mode: the box of the tensor
/// whose first element has these coordinates. The bytes count for the mbarrier.
/// `multicast` is the mask of blocks that get the box, each where `shared` and
/// `barrier` are in this block; without one, -1.
void compress_emulated_tma_load(void *shared, const void *map,
                                const int32_t *coordinates, int32_t rank,
                                void *barrier, int32_t multicast,
                                const char *site);
/// cp.async.bulk.tensor to global memory, of the thread's bulk group.
void compress_emulated_tma_store(const void *map, void *shared,
                                 const int32_t *coordinates, int32_t rank,
                                 const char *site);
/// cp.async.bulk to shared memory, and to global memory.
void compress_emulated_bulk_load(void *shared, void *source, void *barrier,
                                 int32_t bytes, int32_t multicast,
                                 const char *site);
void compress_emulated_bulk_store(void *global, void *shared, int32_t bytes,
                                  const char *site);
void compress_emulated_bulk_commit(const char *site);
/// Waits until at most `pending` bulk groups of the thread are in flight, or
/// with `read` have not read their sources.
void compress_emulated_bulk_wait(int32_t pending, int32_t read,
                                 const char *site);

/// An accumulator of wgmma, with the thread's `count` 32-bit registers of its
/// fragment. A wgmma takes an accumulator and returns the one that holds its
/// result, which may be read after the wait.
int64_t compress_emulated_wgmma_accumulator(const void *values, int32_t count,
                                            const char *site);
void compress_emulated_wgmma_read(int64_t accumulator, void *values,
                                  const char *site);
/// wgmma.mma_async. `a` is the thread's 4 registers of A, or null when A is in
/// shared memory. With `scaleD` 0 the accumulator's values do not count.
int64_t
compress_emulated_wgmma(int64_t accumulator, const void *a, int64_t descriptorA,
                        int64_t descriptorB, int32_t metadata, int32_t scaleD,
                        const mlir::compress::runtime::EmulatedWgmma *form,
                        const char *site);
void compress_emulated_wgmma_fence(const char *site);
void compress_emulated_wgmma_commit(const char *site);
/// Waits until at most `pending` groups of the warp are in flight.
void compress_emulated_wgmma_wait(int32_t pending, const char *site);

} // extern "C"

#endif // COMPRESS_RUNTIME_EMULATEDABI_H
