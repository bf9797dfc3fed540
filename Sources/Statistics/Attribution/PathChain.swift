/// The states and transitions of the Markov chain that paths make, without their weights.
///
/// A state is the last *order* channels of a path, or all of them as long as there are fewer; the
/// start is the state of none. Repeated channels in a row stay in the path. States are numbered so
/// that, loops aside, a transition leads to a smaller number; the start has the largest.
struct PathChain {
  let channelCount: Int
  /// The last channel of each state; `channelCount` for the start.
  private(set) var channels: [Int] = []
  /// Where the transitions from each state begin; one more for the end of all.
  private(set) var firstTransitions: [Int] = []
  /// The state that each transition leads to.
  private(set) var targets: [Int] = []
  /// The transitions of all paths, each path's beginning where its touches do.
  private(set) var steps: [Int] = []
  /// The last state of each path.
  private(set) var lastStates: [Int] = []

  var stateCount: Int { channels.count }
  var start: Int { stateCount - 1 }

  init(_ paths: ConversionPaths, order: Int) {
    precondition(PathModel.orders.contains(order), "A state is the last 1 to 4 channels.")
    channelCount = paths.channelCount
    var states: [UInt64: Int] = [0: 0]
    var transitions: [UInt64: Int] = [:]
    var channels = [channelCount]
    var origins: [Int] = []
    var targets: [Int] = []
    let mask: UInt64 = order == 4 ? .max : 1 << UInt64(16 * order) - 1
    for path in 0..<paths.count {
      var key: UInt64 = 0
      var state = 0
      for touch in paths.range(ofPath: path) {
        let channel = Int(paths.touches[touch])
        key = (key << 16 | UInt64(channel + 1)) & mask
        let next = states[key, default: channels.count]
        if next == channels.count {
          states[key] = next
          channels.append(channel)
        }
        let pair = UInt64(state) << 32 | UInt64(next)
        let transition = transitions[pair, default: targets.count]
        if transition == targets.count {
          transitions[pair] = transition
          origins.append(state)
          targets.append(next)
        }
        steps.append(transition)
        state = next
      }
      lastStates.append(state)
    }
    number(channels: channels, origins: origins, targets: targets)
  }

  /// Numbers states in the order in which a depth-first walk from the start leaves them.
  private mutating func number(channels: [Int], origins: [Int], targets: [Int]) {
    let (firsts, sorted) = Self.group(origins, count: channels.count)
    var numbers = [Int](repeating: -1, count: channels.count)
    var entered = [Bool](repeating: false, count: channels.count)
    var way = [(state: 0, next: firsts[0])]
    var number = 0
    entered[0] = true
    while let (state, next) = way.last {
      guard next < firsts[state + 1] else {
        numbers[state] = number
        number += 1
        way.removeLast()
        continue
      }
      way[way.count - 1].next += 1
      let target = targets[sorted[next]]
      guard !entered[target] else { continue }
      entered[target] = true
      way.append((target, firsts[target]))
    }
    self.channels = [Int](repeating: 0, count: channels.count)
    for state in channels.indices { self.channels[numbers[state]] = channels[state] }
    let (first, order) = Self.group(origins.map { numbers[$0] }, count: channels.count)
    var positions = [Int](repeating: 0, count: order.count)
    for (position, transition) in order.enumerated() { positions[transition] = position }
    firstTransitions = first
    self.targets = order.map { numbers[targets[$0]] }
    steps = steps.map { positions[$0] }
    lastStates = lastStates.map { numbers[$0] }
  }

  /// The positions of keys in the order of their keys, and where each key begins.
  private static func group(_ keys: [Int], count: Int) -> (firsts: [Int], positions: [Int]) {
    var firsts = [Int](repeating: 0, count: count + 1)
    for key in keys { firsts[key + 1] += 1 }
    for key in 0..<count { firsts[key + 1] += firsts[key] }
    var next = firsts
    var positions = [Int](repeating: 0, count: keys.count)
    for (position, key) in keys.enumerated() {
      positions[next[key]] = position
      next[key] += 1
    }
    return (firsts, positions)
  }
}
