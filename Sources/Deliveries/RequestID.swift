internal import Synchronization

/// The ID of a request in the `Callbox-Request` header of its response and in the log. The ID is unique until the
/// server restarts.
package struct RequestID: Sendable, Hashable, CustomStringConvertible {
    private static let last = Atomic(UInt64.random(in: 0...UInt64.max))
    /// The mask for 60 bits. Swift stores a string of 15 hexadecimal digits without an allocation.
    private static let mask: UInt64 = 1 << 60 - 1

    private let rawValue: UInt64

    /// The ID for requests that no listener received.
    package static let none = RequestID(rawValue: 0)

    /// Creates a new ID. Repeatedly adding an odd step reaches every 60-bit value once; this step makes consecutive IDs
    /// look different.
    package static func next() -> RequestID {
        RequestID(rawValue: last.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue & mask)
    }

    private init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The ID as 15 hexadecimal digits.
    package var description: String {
        String(unsafeUninitializedCapacity: 15) { buffer in
            for index in 0..<15 {
                let digit = UInt8(truncatingIfNeeded: rawValue >> UInt64(56 - 4 * index)) & 0xf
                buffer[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            return 15
        }
    }
}
