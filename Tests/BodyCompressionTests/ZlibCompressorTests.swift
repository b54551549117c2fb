import BodyCompression
import TestKit
import Testing

@Suite("Compressing bodies with zlib")
struct ZlibCompressorTests {
    @Test("a stream ends with the Adler-32 of the body (RFC 1950 §2.2)")
    func trailer() throws {
        let body = TestBody.compressible(2000)
        let stored = try #require(ZlibCompressor().compress(body))
        #expect(stored.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == adler32(body))
    }

    @Test(
        "a higher level stores fewer bytes",
        arguments: ["klavi/checking-account-report", "certn/legacy-applicant-complete"])
    func levels(name: String) throws {
        let body = Sample.named(name).body
        let fast = try #require(ZlibCompressor(level: 1).compress(body))
        let usual = try #require(ZlibCompressor().compress(body))
        #expect(usual.count < fast.count)
        #expect(usual.count * 2 < body.count)
    }

    /// An independent implementation of RFC 1950 §8.2.
    private func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
