/// How many deliveries are sent in how long a time, at most.
struct SendingRate: Equatable {
    let interval: Duration

    /// `5/s`, `100/m`, `10/h`; up to 1000 a second.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units: [Substring: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3600)]
        guard parts.count == 2, let unit = units[parts[1]], parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(parts[0]), (1...1_000_000).contains(count)
        else { return nil }
        interval = unit / count
        guard interval >= .milliseconds(1) else { return nil }
    }
}
