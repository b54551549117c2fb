/// A random number generator with a seed (SplitMix64, Steele and others 2014). The generator is small and fast, and
/// yields the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Creates an independent generator for element `index` of a series. The elements can therefore be created in any
    /// order.
    init(seed: UInt64, index: UInt64) {
        state = Self.mix(seed &+ Self.mix(index &+ 1))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// Returns a number from 0 to `bound` - 1. `bound` must be positive. The bias is too small to affect a benchmark.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var word = value
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
