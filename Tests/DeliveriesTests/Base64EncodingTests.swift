import Deliveries
import Foundation
import TestKit
import Testing

@Suite("Writing base 64")
struct Base64EncodingTests {
    @Test("it is what Foundation writes, and is read back")
    func foundation() {
        var generator = SplitMix64(seed: 64)
        for count in 0..<400 {
            let bytes = generator.bytes(count)
            let text = Base64Text.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64Text.decode(text.utf8) == bytes)
        }
    }

    @Test("all zeros and all ones", arguments: [0x00, 0xff] as [UInt8])
    func extremes(_ byte: UInt8) {
        for count in 0..<10 {
            let bytes = [UInt8](repeating: byte, count: count)
            #expect(Base64Text.encode(bytes) == Data(bytes).base64EncodedString())
        }
    }
}
