/// The known name that was most likely meant, if any is close enough.
///
/// Close is a Damerau–Levenshtein distance (optimal string alignment) of at most a third of the
/// longer name's length, capital letters aside; of equally close ones, the first.
public func nearest(to name: String, among known: some Sequence<String>) -> String? {
  let longest = 64
  let wanted = Array(name.lowercased().unicodeScalars.prefix(longest))
  var best: (name: String, distance: Int)?
  for candidate in known where candidate != name {
    let letters = Array(candidate.lowercased().unicodeScalars.prefix(longest))
    let allowed = max(1, max(wanted.count, letters.count) / 3)
    guard abs(wanted.count - letters.count) <= allowed else { continue }
    let distance = spellingDistance(wanted, letters)
    guard distance <= allowed, distance < min(wanted.count, letters.count) else { continue }
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.name
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour.
func spellingDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var before: [Int] = []
  var last = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let change = left[row] == right[column] ? 0 : 1
      var best = min(last[column] + change, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, before[column - 1] + 1)
      }
      current.append(best)
    }
    (before, last) = (last, current)
  }
  return last[right.count]
}
