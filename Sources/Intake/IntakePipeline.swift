package import Deliveries
package import Providers

/// The path of a request from the listener to its response.
///
/// ```
/// InboundHead ─ find ─▶ Source, InboundRequest ─ screen ─▶ delivery | redirect | handshake ─────────────────▶ Response
///      delivery ─ authenticate ─▶ AuthenticDelivery ─ encode ─▶ EncodedDelivery ─ commit ─▶ Receipt
///      redirect ─ limit, trim ──▶ AuthenticDelivery ─ …                                 Receipt ─▶ Acknowledgement
///       rejected ─▶ 401 ─ limit ─▶ QuarantinedDelivery, never committed to the journal
/// ```
/// Each arrow is a file of this folder. The types enforce the order: an `AuthenticDelivery` can only be created by
/// authentication, an `Acknowledgement` only from a `Receipt`, and a `Receipt` only by the archive. The pipeline parses
/// no JSON.
package struct IntakePipeline<Receipt: JournalReceipt>: Sendable {
    /// Makes a delivery durable and calls back on any thread.
    package typealias Commit =
        @Sendable (EncodedDelivery, @escaping @Sendable (CommitOutcome<Receipt>) -> Void) -> Void

    /// Runs work on another thread, because the work would block an event loop.
    package typealias Offload = @Sendable (@escaping @Sendable () -> Void) -> Void

    /// The maximum length of a body, in bytes, that is checked and encoded on the event loop. Checking and encoding a
    /// body of this length takes about 2 ms.
    static var inlineByteCountLimit: Int { 64 * 1024 }

    /// The maximum body length of GET and HEAD requests, in bytes. HTTP allows such a body, so it is read and then
    /// dropped.
    static var redirectByteCountLimit: Int { 16 * 1024 }

    private let sources: @Sendable () -> SourceTable
    private let encode: DeliveryEncoder
    private let commit: Commit
    private let quarantine: @Sendable (QuarantinedDelivery) -> Bool
    private let offload: Offload
    private let observe: @Sendable (IntakeEvent) -> Void
    private let unproved: UnprovedIntake
    private let loops: LoopCheck

    /// - Parameters:
    ///   - sources: returns the current sources. Called for each request.
    ///   - quarantine: stores a rejected delivery and returns true if there is room; must not block.
    ///   - observe: called for each request after its response is known; must not block.
    ///   - isSpaceShort: returns true while the free disk space is reserved for verified deliveries; must not block.
    ///   - loops: detects replays of deliveries that are already in this archive.
    ///   - isReferredTo: returns whether the target of a redirect names a link of the archive; may block.
    package init(
        sources: @escaping @Sendable () -> SourceTable, encode: DeliveryEncoder, commit: @escaping Commit,
        quarantine: @escaping @Sendable (QuarantinedDelivery) -> Bool = { _ in false }, offload: @escaping Offload,
        observe: @escaping @Sendable (IntakeEvent) -> Void, redirectLimits: RateLimits = .redirects,
        quarantineLimits: RateLimits = .quarantine,
        isSpaceShort: @escaping @Sendable () -> Bool = { false },
        loops: LoopCheck = .none,
        isReferredTo: @escaping @Sendable (_ source: String, _ target: RequestTarget) -> Bool = { _, _ in false }
    ) {
        self.unproved = UnprovedIntake(
            redirects: redirectLimits, quarantine: quarantineLimits, isSpaceShort: isSpaceShort,
            isReferredTo: isReferredTo)
        self.loops = loops
        self.sources = sources
        self.encode = encode
        self.commit = commit
        self.quarantine = quarantine
        self.offload = offload
        self.observe = observe
    }

    /// Decides from the head of a request whether to read its body, and up to which length. The source that is found
    /// now also handles the complete request, even if the configuration is reloaded in the meantime.
    package func admit(_ head: InboundHead) -> Admission {
        guard let source = sources().source(at: head.target.path) else {
            note(head, nil, Responses.unknownPath, .unknownPath)
            return .reject(Responses.unknownPath)
        }
        guard ["GET", "HEAD", "POST"].contains(head.method) else {
            note(head, source, Responses.methodNotAllowed, .rejected(reason: "method not allowed"))
            return .reject(Responses.methodNotAllowed)
        }
        let limit =
            head.method == "POST"
            ? source.bodyByteCountLimit : min(Self.redirectByteCountLimit, source.bodyByteCountLimit)
        return .read(bodyByteCountLimit: limit) { receive($0, at: source, $1) }
    }

    private func note(_ head: InboundHead, _ source: Source?, _ response: Response, _ outcome: IntakeEvent.Outcome) {
        observe(RequestSummary(head).event(source?.name, response, outcome))
    }

    private func note(
        _ request: InboundRequest, _ source: Source, _ response: Response, _ outcome: IntakeEvent.Outcome
    ) {
        observe(RequestSummary(request).event(source.name, response, outcome))
    }

    private func receive(
        _ request: InboundRequest, at source: Source, _ respond: @escaping @Sendable (Response) -> Void
    ) {
        switch source.provider.screen(request, redirects: source.redirects) {
        case .handshake(let response, let event):
            note(request, source, response, .handshake(event))
            respond(response)
        // This work runs on another thread, because it searches the archive for the link that the redirect names.
        case .redirect(let response): offload { keepRedirect(request, at: source, response, respond) }
        case .delivery:
            run(request) { accept(request, at: source, respond) }
        }
    }

    /// Runs the work on another thread if it must check for a forwarding loop. Also does so if the body is large, or
    /// may be large after decompression, because the work grows with the body.
    private func run(_ request: InboundRequest, _ work: @escaping @Sendable () -> Void) {
        let isLarge =
            request.body.count > Self.inlineByteCountLimit || request.headers.contains("Content-Encoding")
            || loops.concerns(request)
        if isLarge { offload(work) } else { work() }
    }

    private func keepRedirect(
        _ request: InboundRequest, at source: Source, _ response: Response,
        _ respond: @escaping @Sendable (Response) -> Void
    ) {
        switch unproved.decide(request, at: source) {
        case .rejected(let page, let reason):
            let response = page.response(to: request)
            note(request, source, response, .rejected(reason: reason))
            respond(response)
        case .kept(let redirect, let isReferredTo):
            keep(
                AuthenticDelivery.redirect(redirect, at: source, isReferredTo: isReferredTo), of: request,
                acknowledge: { Acknowledgement(of: $0, browser: response) },
                retryLater: BrowserPage.tryAgain.response(to: request), respond: respond)
        }
    }

    /// Responds with 200 or 401. Only an authentic delivery is committed.
    private func accept(_ request: InboundRequest, at source: Source, _ respond: @escaping @Sendable (Response) -> Void)
    {
        switch AuthenticDelivery.authenticate(request, at: source) {
        case .rejected(let verification, let reason):
            respond(Responses.unauthenticated)
            let isQuarantined =
                unproved.admitsToQuarantine(request, at: source)
                && quarantine(encode.quarantined(request, at: source, verification, reason: reason))
            note(
                request, source, Responses.unauthenticated,
                .unverified(reason: reason, isQuarantined: isQuarantined))
        case .authentic where loops.finds(request):
            note(
                request, source, Responses.loop,
                .rejected(reason: "the request is a replay of a delivery in this archive"))
            respond(Responses.loop)
        case .authentic(let delivery):
            keep(delivery, of: request, acknowledge: { Acknowledgement(of: $0) }, respond: respond)
        }
    }

    private func keep(
        _ delivery: AuthenticDelivery, of request: InboundRequest,
        acknowledge: @escaping @Sendable (Receipt) -> Acknowledgement,
        retryLater: Response = Responses.retryLater, respond: @escaping @Sendable (Response) -> Void
    ) {
        let encoded = encode(delivery)
        let observe = observe
        // The closure captures only this summary. If it captured the request, the body would stay in memory until the
        // commit.
        let summary = RequestSummary(request)
        commit(encoded) { outcome in
            switch outcome {
            case .durable(let receipt):
                var response = acknowledge(receipt).response
                response.provesSender = encoded.verification == .verified
                let arrival = IntakeEvent.Arrival(receipt.deliveryID, encoded)
                observe(summary.event(encoded.source, response, .archived(arrival)))
                respond(response)
            case .rejected(let rejection):
                observe(summary.event(encoded.source, retryLater, .rejected(reason: rejection.rawValue)))
                respond(retryLater)
            }
        }
    }
}
