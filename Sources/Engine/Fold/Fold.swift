import Events
import Stories

/// A question as a small state machine that visits each customer's story once.
///
/// The stories are cut into sections by the data alone. Each section is folded into a partial answer
/// of its own, and these are merged in the order of the sections: an answer depends neither on the
/// number of cores nor on which of them was faster. Loops over customers and events belong inside
/// `visit`; it is called once for a block of customers, so that nothing is dispatched per event.
public protocol Fold<Answer>: Sendable {
  /// What is worked out once for all sections: rules compiled for each segment, the watermark.
  associatedtype Plan: Sendable
  /// What one section has counted, and the room it counts in.
  associatedtype Partial: Sendable
  associatedtype Answer: Sendable

  /// Checks the question and compiles it for the stories.
  func plan(for stories: Stories) throws(Refusal) -> Plan
  /// A plan for counting other customers of the same stories apart.
  func plan(beside plan: Plan) -> Plan
  /// An answer of no stories.
  func begin(_ plan: Plan) -> Partial
  /// Adds customers, all of them visible, of the segment at a position.
  func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial)
  /// Adds what the section after this one has counted.
  func merge(_ later: consuming Partial, into partial: inout Partial)
  /// The answer, once every customer was visited.
  func finish(_ partial: consuming Partial, by plan: Plan) -> Answer
}

extension Fold {
  /// The same, for a plan in which nothing is counted serves all.
  public func plan(beside plan: Plan) -> Plan { plan }
}
