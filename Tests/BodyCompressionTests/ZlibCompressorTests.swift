import BodyCompression
import TestKit
import Testing

@Suite("Compressing bodies")
struct ZlibCompressorTests {
    @Test(
        "a body that shrinks comes back as it was",
        arguments: [128, 1024, 64 * 1024, 64 * 1024 + 1, 1024 * 1024], [1, ZlibCompressor.defaultLevel, 9])
    func roundTrip(byteCount: Int, level: Int) throws {
        let body = TestBody.compressible(byteCount)
        let stored = try #require(ZlibCompressor(level: level).compress(body))
        #expect(stored.count < body.count)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
    }

    @Test("every sample with a body shrinks and comes back", arguments: Sample.withBody)
    func samples(_ sample: Sample) throws {
        let stored = try #require(ZlibCompressor().compress(sample.body))
        #expect(stored.count < sample.body.count)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: sample.body.count) == sample.body)
    }

    @Test("a body of up to eight bytes is never compressed", arguments: 0...8)
    func tiny(byteCount: Int) {
        #expect(ZlibCompressor().compress([UInt8](repeating: 0, count: byteCount)) == nil)
    }

    @Test("whatever compression gives is smaller than the body, and opens", arguments: 9...40)
    func smallest(byteCount: Int) throws {
        let body = [UInt8](repeating: 0, count: byteCount)
        guard let stored = ZlibCompressor().compress(body) else {
            #expect(byteCount <= 11, "one byte repeated takes zlib eleven bytes")
            return
        }
        #expect(stored.count < byteCount)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: byteCount) == body)
    }

    @Test("a body that does not shrink is not compressed", arguments: [9, 64, 1024, 64 * 1024, 1024 * 1024])
    func incompressible(byteCount: Int) {
        #expect(ZlibCompressor().compress(TestBody.incompressible(byteCount)) == nil)
    }

    @Test("a compressor works on after a body that did not shrink")
    func afterGivingUp() throws {
        let compressor = ZlibCompressor()
        let body = TestBody.compressible(4096)
        let before = try #require(compressor.compress(body))
        for byteCount in [100, 5000, 100_000] {
            #expect(compressor.compress(TestBody.incompressible(byteCount)) == nil)
            #expect(compressor.compress(body) == before)
        }
    }

    @Test("what is stored is a zlib stream: its header's check bits, deflate, no dictionary, Adler-32 at the end")
    func rfc1950() throws {
        let body = TestBody.compressible(2000)
        let stored = try #require(ZlibCompressor().compress(body))
        #expect(stored[0] == 0x78)
        #expect((UInt16(stored[0]) << 8 | UInt16(stored[1])).isMultiple(of: 31))
        #expect(stored[1] & 0x20 == 0)
        let trailer = stored.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(trailer == adler32(body))
    }

    @Test(
        "a higher level does not store more",
        arguments: ["klavi/checking-account-report", "certn/legacy-applicant-complete"])
    func levels(name: String) throws {
        let body = Sample.named(name).body
        let fast = try #require(ZlibCompressor(level: 1).compress(body))
        let usual = try #require(ZlibCompressor().compress(body))
        #expect(usual.count < fast.count)
        #expect(usual.count * 2 < body.count)
    }

    /// RFC 1950 §8.2, written anew.
    private func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
