import Stories

/// The events of some customers that a funnel's fast path has a use for, found without a branch.
struct FunnelHits: Sendable {
  private var rowScratch = Scratch<UInt32>()
  private var timeScratch = Scratch<Int64>()
  private var codeScratch = Scratch<UInt16>()

  /// So many rows are listed at once, customers being whole, that the list stays in a core's cache.
  static let rowsAtOnce = 2048

  /// Rows, ascending, and after the last one a number that is none.
  var rows: UnsafeMutableBufferPointer<UInt32> { rowScratch.elements }
  var times: UnsafeMutableBufferPointer<Int64> { timeScratch.elements }
  /// The codes of their names.
  var codes: UnsafeMutableBufferPointer<UInt16> { codeScratch.elements }

  /// Lists the events of customers.
  ///
  /// - Parameter uses: by code, 1 where events of that name matter, otherwise 0.
  mutating func list(
    _ customers: Range<Int>, of segment: StorySegment, uses: UnsafePointer<UInt8>
  ) {
    let all =
      Int(segment.offsets[customers.lowerBound])..<Int(segment.offsets[customers.upperBound])
    rowScratch.hold(all.count)
    timeScratch.hold(all.count)
    codeScratch.hold(all.count)
    guard let rows = rows.baseAddress, let times = times.baseAddress,
      let codes = codes.baseAddress, let allCodes = segment.codes.baseAddress,
      let allTimes = segment.times.baseAddress
    else { return }
    var count = 0
    for row in all {
      let code = allCodes[row]
      rows[count] = UInt32(truncatingIfNeeded: row)
      times[count] = allTimes[row]
      codes[count] = code
      count &+= Int(uses[Int(code)])
    }
    rows[count] = .max
  }
}
