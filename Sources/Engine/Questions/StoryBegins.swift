import Stories

/// Marks the rows with which stories begin: a loop over the rows of many customers that counts the
/// marks needs no loop over customers, whose ends no processor foresees.
struct StoryBegins: Sendable {
  private var scratch = Scratch<UInt8>()

  /// By row, from the first one of the customers at hand: 1 where a story begins, otherwise 0.
  var marks: UnsafeMutableBufferPointer<UInt8> { scratch.elements }

  /// Marks the rows of customers; those without events have none.
  mutating func mark(_ customers: Range<Int>, by offsets: UnsafePointer<UInt32>) {
    let first = Int(offsets[customers.lowerBound])
    let rows = Int(offsets[customers.upperBound]) - first
    scratch.hold(rows)
    let marks = scratch.elements
    marks[...rows].update(repeating: 0)
    // A last one without events marks the row behind all others.
    for customer in customers { marks[Int(offsets[customer]) &- first] = 1 }
  }
}
