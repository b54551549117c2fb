import Testing

@testable import ProviderSandbox

@Suite("Faults and quantities as people write them")
struct FaultRuleTests {
    @Test(
        "each fault is read as it is spelled",
        arguments: [
            ("duplicate", Fault.duplicate, "duplicate"), ("reorder", .reorder, "reorder"), ("drop", .drop, "drop"),
            ("wrong-signature", .wrongSignature, "wrong-signature"), ("delay=2s", .delay(2), "delay=2s"),
            ("delay=250ms", .delay(0.25), "delay=250ms"), ("stale=10m", .staleTime(600), "stale=600s"),
        ])
    func spelling(text: String, fault: Fault, written: String) {
        #expect(Fault(text) == fault)
        #expect(fault.text == written)
        #expect(Fault(written) == fault)
        #expect(Fault.spellings.contains(text.prefix { $0 != "=" }))
    }

    @Test(
        "anything else is no fault",
        arguments: [
            "", "=", "Duplicate", "duplicate ", "drop=", "=drop", "drop=2s", "delay", "delay=", "delay=2", "delay=-2s",
            "delay=s", "stale=10x", "stale=11y", "delay=1s=2s", "delay=99999d",
        ])
    func refused(text: String) {
        #expect(Fault(text) == nil)
    }

    @Test("a pattern names a kind, a provider or all")
    func patterns() {
        func befalls(_ pattern: String, _ provider: String, _ kind: String) -> Bool {
            let callback = Callback(
                provider: provider, kind: kind, url: "", group: "", policy: RetryPolicy { _ in true }, makeBody: { [] },
                makeProof: { _, _ in [] })
            return FaultRule(pattern: pattern, fault: .drop).befalls(callback)
        }
        for pattern in ["*", "klavi", "klavi.*", "klavi.pf_a"] {
            #expect(befalls(pattern, "klavi", "pf_a"), "\(pattern)")
        }
        for pattern in ["", "klavi.pf_b", "klavi.pf", "certn", "certn-legacy.*", "Klavi.*", "*.pf_a", ".pf_a"] {
            #expect(!befalls(pattern, "klavi", "pf_a"), "\(pattern)")
        }
        #expect(befalls("certn-centric.a.b", "certn-centric", "a.b"))
    }

    @Test(
        "sizes",
        arguments: [
            ("0", 0), ("100", 100), ("1B", 1), ("512KB", 524_288), ("8mb", 8 << 20), ("1K", 1024), ("1G", 1 << 30),
            ("1073741824", 1 << 30),
        ])
    func sizes(text: String, byteCount: Int) {
        #expect(SandboxQuantity.byteCount(text) == byteCount)
    }

    @Test(
        "what is no size",
        arguments: ["", "MB", "-1", "1.5MB", "1 MB", "1TB", "2GB", "1073741825", "99999999999999999999", "٣"])
    func noSizes(text: String) {
        #expect(SandboxQuantity.byteCount(text) == nil)
    }

    @Test(
        "times",
        arguments: [
            ("0s", 0), ("250ms", 0.25), ("1.5s", 1.5), ("10m", 600), ("3h", 10_800), ("1d", 86_400),
            ("3650d", 315_360_000),
        ])
    func times(text: String, seconds: Double) {
        #expect(SandboxQuantity.seconds(text) == seconds)
    }

    @Test(
        "what is no time",
        arguments: ["", "s", "1", "-1s", "1..2s", ".s", "1e3s", "1 s", "3651d", "1w", "infs", "nans"])
    func noTimes(text: String) {
        #expect(SandboxQuantity.seconds(text) == nil)
    }
}
