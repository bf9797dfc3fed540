/// Emoji and emoticons that say what somebody feels.
enum Faces {
  /// The face that begins at a place, with its valence from −4 to 4 and its length.
  static func face(
    at place: Int, of scalars: [Unicode.Scalar]
  ) -> (valence: Double, length: Int)? {
    let first = scalars[place]
    if !first.isASCII { return emoji[first].map { ($0, 1) } }
    guard firsts.contains(first) else { return nil }
    // `8:00)` and `http:/` are no faces.
    if place > 0, scalars[place - 1].properties.isAlphabetic || isDigit(scalars[place - 1]) {
      return nil
    }
    for length in stride(from: min(longest, scalars.count - place), through: 2, by: -1) {
      let text = String(String.UnicodeScalarView(scalars[place..<(place + length)]))
      guard let valence = emoticons[text] else { continue }
      let next = place + length
      // `:d` of `:day` is none either.
      let last = scalars[next - 1]
      if last.properties.isAlphabetic, next < scalars.count,
        scalars[next].properties.isAlphabetic
      {
        continue
      }
      return (valence, length)
    }
    return nil
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static let longest = 4
  private static let firsts = Set(emoticons.keys.compactMap(\.unicodeScalars.first))

  private static let emoticons = table([
    2.2: ":) :-) =) :] (: :') :-] ^_^ ^^ ;-) ;) :o) c: :3",
    2.8: ":D :-D =D XD xD :-)) :)) ;D :* :-* :P :-P",
    3.0: "<3", -2.2: ":( :-( =( :[ ): :-[ :c :-c :/ :-/ :\\ :-\\ =/ :| :-|",
    -2.6: ":'( :'-( D: :-(( :(( >:( >:[",
    -2.8: "</3",
  ])

  private static let emoji = Dictionary(
    uniqueKeysWithValues: table([
      2.8: "😀 😃 😄 😁 😆 😂 🤣 🥰 😍 🤩 😻 🎉 🥳 💯 🏆 💖 💕 💗 💞 💓 💝 ❤ 🧡 💛 💚 💙 💜 🖤 🤍 😘 😚 😗",
      2.2: "😊 🙂 😇 ☺ 😉 😎 🤗 👍 👏 🙌 💪 ✨ ⭐ 🌟 🔥 🙏 👌 😋 😌 😸 😺 🤘 ✅ 🌹 🌞 😜 😝 😛 🤞 🎁 🥇 🫶",
      -1.4: "😐 😑 😶 🙄 😕 🤔 😬 😒 🤨 😴 🥱 🤷 ⚠ 🐌 😓",
      -2.2: "🙁 ☹ 😞 😔 😟 😣 😖 😫 😩 😢 👎 💔 😰 😨 😧 😦 😥 😪 🤕 🤒 😿 ❌ 🤦 🗑 🫤",
      -2.9: "😭 😠 😡 🤬 🤮 🤢 💩 😤 👿 😱 🖕 💀 😾",
    ]).compactMap { text, valence in text.unicodeScalars.first.map { ($0, valence) } })

  private static func table(_ lines: KeyValuePairs<Double, String>) -> [String: Double] {
    var result: [String: Double] = [:]
    for (valence, faces) in lines {
      for face in faces.split(separator: " ") { result[String(face)] = valence }
    }
    return result
  }
}
