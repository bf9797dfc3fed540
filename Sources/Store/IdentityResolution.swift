import Events
import Stories

/// A link between two identities, reduced to what decides who is who.
struct LinkFact: Sendable, Equatable {
  var id: Int64
  var first: UInt64
  var second: UInt64
  var firstIsUser: Bool
  var secondIsUser: Bool
  /// Whether a person said so; events and imports may not join two users.
  var isByPerson: Bool
  var said: Instant
  var removed: Instant?
}

/// Who is who: the canonical key of every identity that is linked with another.
///
/// Links are taken in order of the time at which they were said, whatever the order of their
/// arrival. A customer is a connected component. Its canonical key is its least user key, or its
/// least anonymous key if it has no user. A link that an event or an import said and that would
/// join two customers who both have a user is refused.
struct IdentityResolution: Sendable {
  /// The canonical key of each key in a component of two identities or more.
  private(set) var canonical: [UInt64: UInt64] = [:]
  /// The links that were refused, by their id.
  private(set) var refused: [Int64] = []

  /// The canonical key of an identity's key.
  func key(of key: UInt64) -> UInt64 { canonical[key] ?? key }

  /// All keys of the customer that an identity belongs to, ascending.
  func component(of key: UInt64) -> [UInt64] {
    guard let wanted = canonical[key] else { return [key] }
    return canonical.filter { $0.value == wanted }.keys.sorted()
  }

  /// Resolves links, as they were known at an instant; nil: as they are known now.
  ///
  /// - Complexity: O(*n* log *n*) in the number of links.
  init(_ links: some Sequence<LinkFact>, asOf instant: Instant? = nil) {
    let facts = links.filter { fact in
      guard let instant else { return fact.removed == nil }
      return fact.said <= instant && fact.removed.map { $0 > instant } ?? true
    }
    var forest = Forest()
    for fact in facts.sorted(by: LinkFact.comesBefore) {
      let first = forest.node(fact.first, isUser: fact.firstIsUser)
      let second = forest.node(fact.second, isUser: fact.secondIsUser)
      if !forest.join(first, second, evenTwoUsers: fact.isByPerson) { refused.append(fact.id) }
    }
    for node in forest.keys.indices {
      let root = forest.root(node)
      if forest.sizes[root] > 1 { canonical[forest.keys[node]] = forest.best[root].key }
    }
  }
}

extension LinkFact {
  /// Links in order of time said; a person's word comes before others', then the lesser keys.
  fileprivate static func comesBefore(_ left: LinkFact, _ right: LinkFact) -> Bool {
    guard left.said == right.said else { return left.said < right.said }
    guard left.isByPerson == right.isByPerson else { return left.isByPerson }
    return (left.least, left.greatest, left.id) < (right.least, right.greatest, right.id)
  }

  private var least: UInt64 { min(first, second) }
  private var greatest: UInt64 { max(first, second) }
}

/// Components under construction: trees whose roots know their best key.
private struct Forest {
  struct Name {
    var key: UInt64
    var isUser: Bool

    /// Whether this name rather than the other stands for a customer that has both.
    func outranks(_ other: Name) -> Bool {
      isUser == other.isUser ? key < other.key : isUser
    }
  }

  var keys: [UInt64] = []
  var parents: [Int] = []
  var sizes: [Int] = []
  var best: [Name] = []
  private var nodes: [UInt64: Int] = [:]

  mutating func node(_ key: UInt64, isUser: Bool) -> Int {
    if let node = nodes[key] { return node }
    let node = keys.count
    nodes[key] = node
    keys.append(key)
    parents.append(node)
    sizes.append(1)
    best.append(Name(key: key, isUser: isUser))
    return node
  }

  mutating func root(_ node: Int) -> Int {
    var node = node
    while parents[node] != node {
      parents[node] = parents[parents[node]]
      node = parents[node]
    }
    return node
  }

  /// Joins two components; false where both have a user and that isn't allowed.
  mutating func join(_ first: Int, _ second: Int, evenTwoUsers: Bool) -> Bool {
    var (large, small) = (root(first), root(second))
    guard large != small else { return true }
    guard evenTwoUsers || !(best[large].isUser && best[small].isUser) else { return false }
    if sizes[large] < sizes[small] { swap(&large, &small) }
    parents[small] = large
    sizes[large] += sizes[small]
    if best[small].outranks(best[large]) { best[large] = best[small] }
    return true
  }
}
