/// The valences of a language's words, and the words that turn, raise or lower those of others.
struct Lexicon: Sendable {
  /// The valences of whole words, from −4 to 4.
  private var words: [String: Double] = [:]
  /// The valences of phrases, by their first words.
  private var phrases: [String: [(words: [String], valence: Double)]] = [:]
  /// The valences of words that begin so.
  private var beginnings: [String: Double] = [:]
  private var shortest = Int.max
  private var longest = 0

  /// Words after which, and in German also before which, a valence turns.
  let negations: Set<String>
  /// How far words raise or lower what follows them: 1.3 of *very*.
  let degrees: [String: Double]
  /// Words before which a sentence counts less, and after which it counts more.
  let turns: Set<String>
  /// Whether what denies may come after what it denies: `gefällt mir nicht`.
  let negatesBackwards: Bool

  /// Reads lines of a valence and its words; `#` begins a remark, `*` stands for any ending, `_` for a
  /// space in a phrase.
  init(
    _ bytes: [UInt8], negations: Set<String>, degrees: [Double: String], turns: Set<String>,
    negatesBackwards: Bool
  ) {
    self.negations = negations
    self.turns = turns
    self.negatesBackwards = negatesBackwards
    self.degrees = degrees.reduce(into: [:]) { result, line in
      for word in line.value.split(separator: " ") { result[String(word)] = line.key }
    }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let valence = Double(parts[0]) else { continue }
      for entry in parts[1].split(separator: " ") {
        let parts = entry.split(separator: "_").map(String.init)
        if parts.count > 1 {
          phrases[parts[0], default: []].append((parts, valence))
          continue
        }
        guard entry.last == "*" else {
          words[String(entry)] = valence
          continue
        }
        let beginning = String(entry.dropLast())
        beginnings[beginning] = valence
        shortest = min(shortest, beginning.count)
        longest = max(longest, beginning.count)
      }
    }
  }

  /// The valence of the longest phrase that begins at a word, and how many words it has.
  func phrase(at place: Int, of words: [String]) -> (valence: Double, length: Int)? {
    let found = (phrases[words[place]] ?? []).filter { words[place...].starts(with: $0.words) }
    return found.max { $0.words.count < $1.words.count }.map { ($0.valence, $0.words.count) }
  }

  /// The valence of a word: its own, or that of the longest beginning it has.
  func valence(of word: String) -> Double? {
    if let valence = words[word] { return valence }
    guard
      var end = word.index(
        word.startIndex, offsetBy: min(longest, word.count), limitedBy: word.endIndex)
    else { return nil }
    var length = min(longest, word.count)
    while length >= shortest {
      if let valence = beginnings[String(word[..<end])] { return valence }
      end = word.index(before: end)
      length -= 1
    }
    return nil
  }

  /// English.
  static let english = Lexicon(
    PackageResources.english_txt,
    negations: [
      "not", "no", "never", "none", "nothing", "nobody", "neither", "nor", "without", "cannot",
      "cant", "dont", "doesnt", "didnt", "isnt", "wasnt", "arent", "werent", "wont", "wouldnt",
      "couldnt", "shouldnt", "havent", "hasnt", "hadnt", "aint", "hardly", "barely", "rarely",
      "seldom", "scarcely",
    ],
    degrees: [
      1.35:
        "very extremely incredibly absolutely completely totally utterly exceptionally insanely "
        + "fucking damn fuckin freaking super truly highly deeply remarkably enormously entirely",
      1.2:
        "really so too such most more quite especially particularly thoroughly pretty genuinely all",
      0.6: "slightly somewhat little bit kinda sorta fairly rather partly marginally mildly almost "
        + "occasionally sometimes kind sort less nearly moderately",
    ],
    turns: ["but", "however", "though", "although", "yet"], negatesBackwards: false)

  /// German.
  static let german = Lexicon(
    PackageResources.german_txt,
    negations: [
      "nicht", "nie", "niemals", "nichts", "kein", "keine", "keinen", "keinem", "keiner", "keines",
      "ohne", "weder", "nirgends", "kaum", "niemand", "keinesfalls", "keineswegs", "net", "nix",
    ],
    degrees: [
      1.35:
        "sehr extrem absolut total völlig vollkommen unglaublich unheimlich äußerst ausgesprochen "
        + "überaus höchst mega wahnsinnig ungemein durchweg komplett",
      1.2: "so wirklich echt besonders richtig ganz viel zu mehr überall immer ständig",
      0.6:
        "etwas bisschen eher teilweise ziemlich leicht relativ fast manchmal einigermaßen halbwegs "
        + "weniger bedingt",
    ],
    turns: ["aber", "jedoch", "allerdings", "trotzdem", "dennoch", "sondern", "obwohl"],
    negatesBackwards: true)
}
