import Stories

/// The way through the stories of some customers, pair by pair.
struct GraphWalk {
  let segment: StorySegment
  let customers: Range<Int>
  let range: Range<Int64>?
  let repeats: PathRepeats

  /// Calls for each customer, then for what is counted of the story in the range.
  ///
  /// - Parameter end: called with the last counted name, if there is one, and whether the story ends so.
  @inline(__always) func run(
    _ names: some RowNames, customer begin: () -> Void, start: (Int) -> Void,
    event: (Int) -> Void, follow: (_ from: Int, _ to: Int, _ gap: Int64) -> Void,
    end: (_ last: Int, _ isEnd: Bool) -> Void
  ) {
    guard let times = segment.times.baseAddress else { return }
    let skipped = Int(NamingTable.skipped)
    let collapses = repeats == .collapsed
    for customer in customers {
      begin()
      let rows = segment.rows(of: customer, in: range)
      var (previous, time) =
        range == nil ? (skipped, 0) : before(rows.lowerBound, of: customer, names)
      var last = skipped
      var row = rows.lowerBound
      while previous == skipped, row < rows.upperBound {
        previous = Int(names.number(row))
        if previous != skipped {
          time = times[row]
          last = previous
          start(previous)
          event(previous)
        }
        row &+= 1
      }
      while row < rows.upperBound {
        let name = Int(names.number(row))
        if name != skipped, !collapses || name != previous {
          let now = times[row]
          event(name)
          follow(previous, name, now &- time)
          (previous, time, last) = (name, now, name)
        }
        row &+= 1
      }
      if last != skipped {
        end(last, range == nil || isEnd(rows.upperBound, last, of: customer, names))
      }
    }
  }

  /// The name before a row of a customer's story, and the time from which a gap counts.
  private func before(
    _ row: Int, of customer: Int, _ names: some RowNames
  ) -> (name: Int, time: Int64) {
    var found = (name: Int(NamingTable.skipped), time: Int64(0))
    for row in (segment.rows(of: customer).lowerBound..<row).reversed() {
      let name = names.number(row)
      guard name != NamingTable.skipped else { continue }
      guard found.name == Int(NamingTable.skipped) || found.name == Int(name) else { break }
      found = (Int(name), segment.times[row])
      if repeats == .kept { break }
    }
    return found
  }

  /// Whether nothing is counted from a row on, after a name.
  private func isEnd(
    _ row: Int, _ last: Int, of customer: Int, _ names: some RowNames
  ) -> Bool {
    for row in row..<segment.rows(of: customer).upperBound {
      let name = names.number(row)
      guard name == NamingTable.skipped || repeats == .collapsed && Int(name) == last else {
        return false
      }
    }
    return true
  }
}
