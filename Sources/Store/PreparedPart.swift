import Events
import Parts
import Stories

/// A part under a number of its own that is written, but which the disk may not have yet.
struct PreparedPart: Sendable {
  let number: Int
  let written: WrittenPart

  /// Waits until the disk has it; it counts once it stands in the manifest.
  ///
  /// - Parameters:
  ///   - importID: the import whose events it has, where they don't count before its end.
  ///   - identity: the state of the links by which its stories are put together.
  func settle(importID: Int64?, identity: Int) throws(Fault) -> ManifestPart {
    ManifestPart(
      try written.settle(), number: number, importID: importID, identity: identity)
  }
}

extension Store {
  /// Writes the visible events of a segment without waiting for the disk; nil where there are none.
  ///
  /// - Throws: `part.write`, `store.full` where the disk is full.
  func prepare(_ segment: StorySegment) throws(Fault) -> PreparedPart? {
    guard !segment.visible.isEmpty else { return nil }
    let number = reservePart()
    return PreparedPart(
      number: number, written: try Part.prepare(segment, for: path(ofPart: number)))
  }
}
