package import Deliveries

/// Certn, a provider of background checks (certn-reference). Both APIs use the same URL: the legacy API signs with
/// `Certn-Signature`, Centric with `X-Signature`. Centric first sends a challenge to the URL.
package struct CertnProvider: Provider {
    package var descriptor: ProviderDescriptor { Self.descriptor }

    package init() {}

    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        guard ["GET", "HEAD"].contains(request.method) else { return .delivery }
        return request.target.queryValue(named: "challenge", plusIsSpace: false).map(Self.response) ?? .connectivityTest
    }

    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        let isLegacy = request.headers.contains(HMACScheme.certnLegacy.header)
        let isCentric = request.headers.contains(HMACScheme.certnCentric.header)
        if isLegacy && isCentric {
            _ = ConstantTime.secret(among: secrets, in: .certnLegacy, body: request.body, candidates: [])
            return .failed(.malformed)
        }
        if isLegacy {
            return HMACScheme.certnLegacy.check(
                request, with: Self.hinted(secrets.filter { $0.purpose != .centric }, request),
                toleranceMilliseconds: toleranceMilliseconds)
        }
        let check = HMACScheme.certnCentric.check(
            request, with: secrets.filter { $0.purpose != .legacy }, toleranceMilliseconds: toleranceMilliseconds)
        return Self.isSignedByLegacy(request.body) ? .failed(check == .failed(.missing) ? .missing : .mismatch) : check
    }

    /// True if a body starts like the text that the legacy API signs, `1700000000.{…}`. If both APIs have the same
    /// secret, the signature of any legacy delivery would be a valid Centric signature of such a body. Centric itself
    /// sends only JSON objects.
    private static func isSignedByLegacy(_ body: [UInt8]) -> Bool {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let time = body.prefix(14).prefix(while: isDigit)
        return !time.isEmpty && body.dropFirst(time.count).first == UInt8(ascii: ".")
    }

    /// The secrets, starting with those of the team that the request names. `Certn-Team-ID` is only a hint, so every
    /// secret is tried.
    private static func hinted(_ secrets: [Secret], _ request: InboundRequest) -> [Secret] {
        guard let team = request.headers.onlyValue(named: "Certn-Team-ID") else { return secrets }
        let isNamed = { (secret: Secret) in secret.identity?.hasSameBytes(as: team) == true }
        return secrets.filter { isNamed($0) } + secrets.filter { !isNamed($0) }
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        if delivery.isFetched { return CertnFetched.parse(delivery) }
        let isLegacy = delivery.request.headers.contains(HMACScheme.certnLegacy.header)
        return CertnBody.parse(delivery, isLegacy: isLegacy)
    }

    /// The response to a challenge. Centric disables a URL that does not echo the challenge within 10 s
    /// (certn-reference: Centric challenge). Echoes only short printable text, as plain text, so strangers cannot make
    /// this server send arbitrary content.
    private static func response(_ challenge: String) -> Screening {
        let bytes = Array(challenge.utf8)
        guard (1...1024).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return .handshake(
                .text(400, "A challenge is 1 to 1024 printable ASCII characters.\n"), event: "challenge rejected")
        }
        return .handshake(
            Response(
                status: 200,
                headers: [HeaderField("Content-Type", "text/plain"), HeaderField("X-Content-Type-Options", "nosniff")],
                body: bytes), event: "challenge echoed")
    }
}
