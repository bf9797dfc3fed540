/// What bytes a text has, counted while they are still near the processor that read them.
struct ByteCensus {
  /// How many line ends there are.
  private(set) var lineEnds = 0
  private var quotes = Marks(repeating: false)
  private var strangers = Marks(repeating: false)

  private typealias Marks = SIMDMask<Sixteen.MaskStorage>
  private static let size = Sixteen.scalarCount

  /// Whether there is a quote.
  var hasQuote: Bool { quotes != Marks(repeating: false) }
  /// Whether all bytes are ASCII, and none is zero.
  var isPlain: Bool { strangers == Marks(repeating: false) }

  /// Counts the bytes that follow those before.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    var position = 0
    while position &+ Self.size <= bytes.count {
      // A lane counts to 255 before it is emptied.
      let end = min(bytes.count / Self.size &* Self.size, position &+ 255 &* Self.size)
      var lanes = Sixteen(repeating: 0)
      while position < end {
        take(sixteen(base + position), &lanes)
        position &+= Self.size
      }
      empty(lanes)
    }
    guard position < bytes.count else { return }
    var rest = Sixteen(repeating: 1)
    for lane in 0..<bytes.count - position { rest[lane] = bytes[position + lane] }
    var lanes = Sixteen(repeating: 0)
    take(rest, &lanes)
    empty(lanes)
  }

  @inline(__always) private mutating func take(_ block: Sixteen, _ lanes: inout Sixteen) {
    let ends = block .== Sixteen(repeating: CSVRecords.lineEnd)
    lanes &-= unsafeBitCast(ends, to: Sixteen.self)
    quotes = quotes .| (block .== Sixteen(repeating: CSVRecords.quote))
    // Zero becomes 255 here.
    strangers = strangers .| (block &- 1 .>= Sixteen(repeating: 0x7F))
  }

  private mutating func empty(_ lanes: Sixteen) {
    for lane in 0..<Self.size { lineEnds &+= Int(lanes[lane]) }
  }
}
