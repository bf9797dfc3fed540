import Testing

@testable import Events

@Suite
struct `A time span` {
  @Test(arguments: [
    ("30d", 2_592_000_000), ("2h", 7_200_000), ("1d12h", 129_600_000), ("90s", 90_000),
    ("250ms", 250), ("1w", 604_800_000), ("0s", 0), ("15m", 900_000),
  ])
  func `is read as it is written`(text: String, milliseconds: Int64) {
    #expect(TimeSpan(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "d", "3", "3 d", "-3d", "3x", "1h1d", "1d1d", "999999999999999999999d", "99999w", "３d",
    "1.5d",
  ])
  func `refuses what is none`(text: String) { #expect(TimeSpan(text) == nil) }

  @Test(arguments: [0, 1, 999, 1000, 61_000, 3_600_000, 90_061_001, 604_800_000, 1_209_600_000])
  func `is written so that it can be read again`(milliseconds: Int64) {
    let span = TimeSpan(milliseconds: milliseconds)
    #expect(TimeSpan(span.description) == span)
  }

  @Test(arguments: [
    (0, "0s"), (120, "120ms"), (35_000, "35s"), (95_000, "1m 35s"), (187_200_000, "2d 4h"),
    (864_000_000, "10d"), (1500, "1s"), (-95_000, "-1m 35s"),
  ])
  func `is short for people`(milliseconds: Int64, text: String) {
    #expect(TimeSpan(milliseconds: milliseconds).short == text)
  }
}

@Suite
struct `An instant` {
  // Seconds from GNU date: date -u -d … +%s.
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1_572_631_153_273, "2019-11-01T17:59:13.273Z"),
    (951_782_400_000, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (-2_208_988_800_000, "1900-01-01T00:00:00Z"), (7_258_118_400_000, "2200-01-01T00:00:00Z"),
  ])
  func `is written in ISO 8601`(milliseconds: Int64, text: String) {
    #expect(Instant(milliseconds: milliseconds).description == text)
  }
}

@Suite
struct `A civil date` {
  @Test
  func `is the same after counting days and back`() {
    for days in stride(from: -800_000, through: 800_000, by: 37) {
      #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
    }
  }
}

@Suite
struct `An identity` {
  @Test(arguments: [
    ("user:c17", Identity(.user, "c17")), ("anonymous:3f", Identity(.anonymous, "3f")),
    ("c17", Identity(.user, "c17")), ("mail:a@b", Identity(.user, "mail:a@b")),
  ])
  func `is read with or without its namespace`(text: String, identity: Identity) {
    #expect(Identity(text) == identity)
  }

  @Test
  func `has a key of its own in each namespace, the same on every machine`() {
    #expect(Identity(.user, "c17").key != Identity(.anonymous, "c17").key)
    // XXH3_64bits of nothing with seed 0, as the reference implementation gives it.
    #expect(stableHash("") == 0x2D06_8005_38D3_94C2)
  }
}
