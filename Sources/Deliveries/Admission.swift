/// Whether a request's body is worth reading, said from its head.
package enum Admission: Sendable, Equatable {
    /// Read it, up to this many bytes; 413 beyond them.
    case read(bodyByteCountLimit: Int)
    /// Answer at once.
    case reject(Response)
}
