package enum Admission: Sendable {
    /// Responds to a whole request, on any thread, exactly once.
    package typealias Respond = @Sendable (InboundRequest, @escaping @Sendable (Response) -> Void) -> Void

    /// Read it, up to this many bytes (413 beyond them), and pass the request to `respond`.
    case read(bodyByteCountLimit: Int, respond: Respond)
    /// Respond at once.
    case reject(Response)
}
