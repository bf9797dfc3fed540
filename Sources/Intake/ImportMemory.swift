import CMalloc

/// What becomes of memory that is given back while a file is imported.
///
/// Every chunk takes and gives back the same few megabytes. Left to itself, the C library hands
/// them back to the system each time, which then clears every page anew: a tenth of the time.
enum ImportMemory {
  /// The largest block that is kept; the C library allows no larger one.
  private static let largestBlock = 32 << 20
  /// How much is kept at the end of the memory of each thread.
  private static let kept = 256 << 20

  /// How much is asked of the system at a time where memory runs out: left to itself, the C library
  /// asks for little more than is needed, hundreds of times, which took a twentieth of the time.
  private static let growth = 64 << 20

  /// What the C library begins with for all three.
  private static let usual = 128 << 10

  /// Keeps what is given back from now on for those who ask next.
  static func keep() {
    mallopt(M_MMAP_THRESHOLD, Int32(largestBlock))
    mallopt(M_TRIM_THRESHOLD, Int32(kept))
    mallopt(M_TOP_PAD, Int32(growth))
  }

  /// Hands everything that is free back to the system, which gets it at once from now on.
  static func giveBack() {
    mallopt(M_MMAP_THRESHOLD, Int32(usual))
    mallopt(M_TRIM_THRESHOLD, Int32(usual))
    mallopt(M_TOP_PAD, Int32(usual))
    malloc_trim(0)
  }
}
