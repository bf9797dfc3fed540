import Experience

/// What the events of one name do on the fast path: they carry an entry from one slot to another.
///
/// Slot 0 is never read. Slots 1 to n hold, for each step, the latest entry from which it was
/// reached. The slot after them holds no entry, and the one after that the present event.
struct FunnelMove {
  /// The step, from 1, that is reached; 0 for none.
  var step: UInt8
  /// The slot that the entry is taken from.
  var source: UInt8
  /// The slot that it is put into.
  var target: UInt8
  /// −1: it is left alone where the entry is too long ago; 0: it is emptied then.
  var keeps: Int8

  static func slots(steps: Int) -> (never: Int, now: Int) { (steps + 1, steps + 2) }

  /// The moves by code, from the steps and exclusions that events always meet; nil where a code is
  /// more than one thing, or ends chains after the first step.
  static func moves(_ always: [UInt64], of question: FunnelQuestion) -> [FunnelMove]? {
    let (never, now) = slots(steps: question.steps.count)
    var moves: [FunnelMove] = []
    for bits in always {
      let step = Int(UInt32(truncatingIfNeeded: bits))
      let cleared = Set(
        question.exclusions.indices.filter { bits >> UInt64(32 + $0) & 1 != 0 }
          .map { question.exclusions[$0].after + 1 })
      if cleared.isEmpty {
        guard step.nonzeroBitCount <= 1 else { return nil }
        let place = step == 0 ? 0 : step.trailingZeroBitCount + 1
        let source = place == 0 ? never : place == 1 ? now : place - 1
        moves.append(
          FunnelMove(
            step: UInt8(place), source: UInt8(source), target: UInt8(place), keeps: -1))
      } else {
        // Where the first step's slot is never emptied, it tells alone who may still go on.
        guard step == 0, cleared.count == 1, let slot = cleared.first, slot > 1 else { return nil }
        moves.append(FunnelMove(step: 0, source: UInt8(never), target: UInt8(slot), keeps: 0))
      }
    }
    return moves
  }
}

extension FunnelQuestion {
  /// Whether the fast path may answer it, as far as the options tell.
  ///
  /// The rows that filled the steps are found by going back from the last one, which exclusions
  /// forbid.
  var isPlain: Bool {
    order == .ordered && ties == .allowed && entry == .best && repeats == .pass
      && heldConstant.isEmpty && population == nil && pairWindow == nil
      && steps.allSatisfy { $0.presence == .required }
      && exclusions.allSatisfy { $0.effect == .stop }
      && (exclusions.isEmpty || figures == .counts && breakdown == nil)
  }
}
