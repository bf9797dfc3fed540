/// Tokens and keys that PyJWT 2.15.1 made with cryptography 50.0.2; the private keys are gone.
///
/// Claims that all share: iss https://id.example.org/, sub u-17, aud waymark, iat 1790000000,
/// exp 1790000600, nonce n-1, email ann@example.org, email_verified, name Ann. Each name says what
/// is different: `jwt.encode(claims, key, algorithm="RS256", headers={"kid": "r1"})`.
enum OpenIDFixtures {
  /// An RSA and a P-256 key; one for encryption, one shared, one of 1024 bits.
  static let keys = """
    {"keys": [{"kty":"RSA","n":"s16sPBQw5BLnJWyIhkSX8Muc3MpKfgUGT9pbUBxGLvEalc05NmKgf_HJbl\
    NaTE4edNTJYjgs1fE3rX6BlOxy-0cNdZn9QsYnjI7vpoeAfrxseAiYCr0wFn3cQqr2R78RedhCc2JYWXYIZMRS\
    AyriNagZyFnwYusSQbOV2CLwy7Mcgn2vYRG9JvH0x8lKaEF5IawEBpfQp5ktgSMdgIYiQHkTXTgqNSNL_hXG8a\
    C5Lc_2MKyD65Be56jlgVLQEdQBIx6ha1gCtLmRtLGkuONNaih60_Wk6E9nUKGnddXB9GfVOspFHwxbTsLDdAuD\
    2QffAQOoaZZGhVizcmHyB5_uaQ","e":"AQAB","kid":"r1","use":"sig","alg":"RS256"}, {"kty":"\
    EC","crv":"P-256","x":"BjHdCVcml4YX57w-JAvGlht_4TBieOOQBwOTpH39soU","y":"80-hneG45zLZC\
    wprsM8pj2bEeMJSPpAQmRIn6sfXqvY","kid":"e1","use":"sig"}, {"kty":"RSA","n":"s2TgiaS9RH8\
    9X4pZGd4pOmweAxzzf7SPnEKg3Z1lEUUWoykq-m9hoasm2gB0fLNQkItBuL-8RgHUCy-moI_3MgiVvhQ6k2JN8\
    DdFUK88LUqjbXbpWkdGeXg4SAbyPv4hEwrYdlchxz0T-iGHoajtkNkDadMONdt3zznYWndPCemQB2WNcwU9HGc\
    RH-uWH76JaZaPOc5BerAlM6usE7CCOxbULsaq8npSl65FT5Z0tVEDXJxoL-SyFNYfAj1zJv5rH9ZJisM2ezP4P\
    2nF0Ko0TXb0I3EJRgFHhjkMxBUIoCln0Ig3LLAH68x0RBFTqhDCxGF6DKxBozoeqGv-wqfb0Q","e":"AQAB",\
    "kid":"enc","use":"enc"}, {"kty":"oct","k":"c2VjcmV0","kid":"shared"}, {"kty":"RSA","n\
    ":"4raAIAEbzM6CxWwJhi4jVXM1yfSHfGSkk_ESA2YofclxYuNjjxQNE7Lg36i48w6_El69Ymc-nmADWI6G8O4\
    6NfmYZAl7TdaphkrPWuFCfdO9BnCS3aYUdhkWuEI29ZM_dnUVv1nkr3JhszJkTC-QdG3gQZkvisATFinCGYSAh\
    Y0","e":"AQAB","kid":"weak"}]}
    """

  static let tokens = [
    "rs256": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.Q-Ha2GLzINCCGVKRn8YzhfiWTmD5CwLuLk9z-N7ZIboM9_zCfD9Vn26WvbNOxRL\
    BN2oQgNEBvIY2fIisScxcbnZIH2QP7x745y6GwVVvpkk1p28CdgLP0YdtQxOBAEgvXhYQf17-8wQ06qb4mriDb\
    kyI3W9d6dB7v7pRIT6mHX2n_0-dH-JcDZIpelRx2yvy4z-WAFMYL9UpqdMPsUuBbtqvDa9oUGPWfng0WEjNhs6\
    np8Vje1kaBBdeqT0BvhSVtjYP3Uop7TdmPjQYbgIFMvuUxplI71xqL5d6CwxFiQ1sMIDRHE9aGAjKwgM9GlTb9\
    WxL9tO1Bp-UZyFk3DFOag
    """,
    "es256": """
    eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.uMdnexrDQOJyr30uAE5NdwZ32yahZasW_PILNbm7dV7wn3iHk9V8DEXLykWdQkm\
    Yjqrque2pyj_prO8H-2EPfg
    """,
    "withoutKid": """
    eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnLyIsInN1Y\
    iI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAwMDA2MDAsIm5vbmN\
    lIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZSwibmFtZSI6I\
    kFubiJ9.lxlx0HCG3FiShij0DML_3Fp91HXKLNowHkA8A7ETgChAouc8N8rGFXAa8zFa4rUNt6FrE6-XeNQQCu\
    OI8uhjdECrE6IFGRiGq9M1iqJMpdtRS-ihMEiX1SEivUB06ylpdwAqoFQuqORfhZ7bNYLglTBs3uadCJ62IibI\
    e0zojeyt9h9Pf-5IUSo0rKc2CaeMg9KjMii9HYEur9LXu13CKLh9P6vE5zZ7_S61oV1z0HC8WB2UVa0YdJePwW\
    VMD_1AxUFINwaV_GkzjqRqKS5cPaWreWUBNYHCAONeoNxYxoWP2ycyWY3N2EdDAfamVfBrLDMyQGSM1j5goBtB\
    BNPT3w
    """,
    "audienceList": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOlsib3RoZXIiLCJ3YXltYXJrIl0sImlhdCI6MTc5MDAwMDAwMCwi\
    ZXhwIjoxNzkwMDAwNjAwLCJub25jZSI6Im4tMSIsImVtYWlsIjoiYW5uQGV4YW1wbGUub3JnIiwiZW1haWxfdm\
    VyaWZpZWQiOnRydWUsIm5hbWUiOiJBbm4iLCJhenAiOiJ3YXltYXJrIn0.IpSkbMnaJKyrsmxp8hy4nRk2zF82\
    m1ZKFhIF0r1gJKd1tRiPnkkX3FpfYoS1Ig5y4iOBTi3J_mGF4RFmlgWvF2gbQ9_gPOS6VfEUbQq6mfmu-3WQNM\
    9yZ5i6s92xI5R0sXB4eilCws_8LVI1Ms5vx37pv-g2C-eSw_DEy77dquNPd8kUh5LVt8GGofl9gKlKAXc3En5m\
    tBTgEfzcBbhM_ouhBkqI82hBa-tG6bjJsTo7NoUdz7eG2Reyx1zLxuuvcfp48wKnPOd9FnAuvZQasksZ9TAgYy\
    CbN9Own3Lf8j1g8bp7_wSrEv4puLq_v6EAe_zVOScUFMwf8aAQmy-7kQ
    """,
    "emailVerifiedText": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6In\
    RydWUiLCJuYW1lIjoiQW5uIn0.kwMhGx3sAoHtSus9TIYXlVD3UFNvk3OmJIG_4C_WGq_3GDI-1YLI9lYzvWWu\
    SNaFidCzH-58Mfq1iqviM0XfUgyWU8UOhJg1dgAp3pd1nFzO5HEz1aKex2dhlDCOfBF0FopWrKvE7KKfwGiYLG\
    iymjiqk3EGWTQRfYSLY8TtRR-zNiFYOEn1IhvFxJhP8mb3jw5_ALgvW_U2FEKsmhFAlh_ru8iEkcL6fylU5Yvj\
    QyaHM1u7b2pCnXmOnmGiN2fKQXGJqGQKIzyZ8StxTKd7ZIf77nnPoQvgpVPFMrE-kq5xS4p-KjxNDyWixWkHxF\
    sLqvSdB4UE98mWOjjDjFDcUg
    """,
    "bare": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIn0.evb72115wXeFXXkrjAc__UQj4pW8CKnWxfqQ6uUlKYr647rXLB4VkQZcth\
    DFNjdXLEozQKKJtrpLwG8Fgw0-zSjSE7sfnplWt1DkmT7mbBmdLn7nP4etxbnX9YIQ7GWLwGZXbPuwLGZb_ww-\
    2dTr9YTaQcQHuG7VuZZqYBZO11EIeFM5wLl9gXZtEKgZ5D3fKFhq-0oj3hKkW66uoK8fG400-bVaoF9xC_lsSA\
    g2FFn0oPMk6ThpcpTHoozMXSwyHKnfheHdstuBpaeZ_C4RRp1oZY2koKi-N0m_u11hgEsMSfT2nTAme0P0hGp2\
    6WRDRR3fVwVNHJPtydFOOBjIxQ
    """,
    "otherIssuer": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    UuY29tLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.Z2IW15URy4yQtU9V_xdijG00otfanSuNvZSZxoOrWVcaYgw3Dy5bGQEHA75n8Hz\
    _IRGckG2CddfgClcT_w1ZTGka9nwmOR87FTrpoe5KsSEE35BURhDMwHqd5r3aH9Kxx4Z4f-0mDk86FT9FyDeEJ\
    ZJIZcQTuIrHujBZ9XaiKSHsg2-m3fb4wycmYoOglUn4FR06X3upNlpGaNkWaZEn9zcxB3_URuDce7F3yi5QOqn\
    8tyAzbxNUvJ3B8jqryF6xCgvYwoLXZUs_Y0sOt4XGitSJT6VOFzvaF9CDaSrlqAopZt4G84JWAyGlUNp4Msd88\
    9PrGLHyp1bz4KfvmQFpiA
    """,
    "otherAudience": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJlbHNlIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAwMDA2\
    MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZS\
    wibmFtZSI6IkFubiJ9.awPAJm08Ez4iq7I0Lf7HWdp4GhhWUwkhsQjfUd3vIuDEoSEFM8IDn-1VgAWQNQy-zyG\
    8keazFEpARM_J_62jEBlJ7lsKaRfa0fHPQVccvqP7dOL6oHK0rwDE-_cju-UMadRAxh9Ve8QnqwsEr51-fU6FO\
    Q7ahiHiXctC-dqbTNmrgDW6fet1pa1EWq7oBHFuLbFzLauDVlQVHiXU2-qhjkuWPvxGhqaLfFIFflH73MNxXAY\
    6cfTX9pnL_8Zd3KDxMTp4XHQUR7qenhrz7WnP6X2SUSwwsOAA7gBKOP2i-wEDVYEbVrKjuOtIyQ90vpOvKEypI\
    69dx0A0tlzIzsT6Tg
    """,
    "listWithoutParty": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOlsib3RoZXIiLCJ3YXltYXJrIl0sImlhdCI6MTc5MDAwMDAwMCwi\
    ZXhwIjoxNzkwMDAwNjAwLCJub25jZSI6Im4tMSIsImVtYWlsIjoiYW5uQGV4YW1wbGUub3JnIiwiZW1haWxfdm\
    VyaWZpZWQiOnRydWUsIm5hbWUiOiJBbm4ifQ.K_rXB8mSmDlBkjnKe9_EWxRbAZkQmrpERdcJcZ3UEqaNSpFCE\
    g4VTQ-sECYLpnWJp0Zdq2-34rHxIa65PpnGxyEeVtqRMDwt60SKGQNrye5Y9vARuHz9BFQDyjK4MfL0OTC5j-V\
    3X9lrBI6SuNB-E17JIdwUa-21FvSTxD8me3ywLsU55BksUsC3dMuFYdTa8qDFGOc-Wf9nvY4B25sO9XIIza0wv\
    2M8XpCKB1Y7O7MhhfEslnnysovmoLOa7-1b4kqKMnbSJWaB7M7PPI3GurJfxjmXNGAj6615XVFeBLjVs8p9pTL\
    dGP1Sd0_c1yy1tLm2q_SpagF662btZQnvbw
    """,
    "otherParty": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiIsImF6cCI6ImVsc2UifQ.BWEa__rF_gN0h5ixs9WbfKUr8-JWY_kY3iRzBTjtWiXkE\
    bvw1u7r4n1epR6N7uFl45TsnUTuBhI0ZKAVldqf32kB71MnunGU73XPkWoPRB5XCwqz5cQeXmBh2FNtiz3sw4A\
    szYGigCvlehjFbSlJoyaqYGu4d0ZCrig4HoCnwrx9T8O6ZpXkUei6WwkZdyZLsideUr9yrA5HhYw8FQTxKYUFl\
    9-_NbE_VMd4nFwIFL1GaTgCZKovIxlPINSxNl3wMRaGUGzOy73AgNSvZb3TWaznDqvqtnKX5GlmCUaz-hC4G1R\
    lzceQwbc4Fi2BBUZQ-Yh1mZTcC7uowfRB8GuAbA
    """,
    "otherNonce": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0yIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.K4GUKlv9195QhZd6QLjg50K_8zm5Y4Bix92Oo45IX114Tczv8nr1GKb-KZHFuPU\
    GJZw-r_u2DjMKUPN_mjNZZQ4MR74MzRdMEqZPb-h42z1ZHVTSsMB5MYYJ5kmrESTP2GvcXvflJJSUB9Ebmyi1K\
    hJ10m02v8fapvO1FiW7hfxm8386G--A3pbT79UHmGmmD8a_iQ8I1q_5Pekl0xG0uFzzlWv0PvzHjzR6iLp_v8a\
    2GlgJ197Mq4Z5SLskF132Ge-XJ0IieNfPO-Qt9WKQRFo106LR9rrsRImMEKXCQSkrfXbFnCekGpl7OHmI17aKG\
    FzyvrQCamyPdHYlmItm1A
    """,
    "noNonce": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsImVtYWlsIjoiYW5uQGV4YW1wbGUub3JnIiwiZW1haWxfdmVyaWZpZWQiOnRydWUsIm5hbWUiOiJBbm\
    4ifQ.LSjJley3GlbD9j1T18_Jubr2ysL-8MTk-GeJO4RbOKJd4y4vR24ZKDxz7VgnhIbGR7LvOdDshUUvb5Pcq\
    cHZUdE2eDZXd5wQBYdZViBey_9AfMCc7hsa1hgakNaTO2dw30V_Cg8AJKiANEUVoYsMhsyyHVvhK7EUP5hQWh3\
    oOr2s-axFUSM45AMn_rqJwr_J7f7XhN_ZZn8XuUos2jj31vrl7hxj1ZiUpmMinqfuldQHqWpViKcS6CZTz45tZ\
    Ai_EJy6BtCjhKwC0HSgC_V-_-dW7bXsMJsJtMoYIMrUpZDwD8qr7Z3N4pSP1Bpd4XUhNHIYuqzMElBC1S0Y60D\
    rBw
    """,
    "notYet": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiIsIm5iZiI6MTc5MDAwMDQwMH0.B4pw7pi8tHiylqAFTuBrhSDLlXX-3CIe7lD1h0de\
    lTG4aeyHhuO_HXOiXLX8qbXH4BNb3X5ivXJy0SCgXh2_sgEGqqe_Tr7Hbv6CgLm8xXgG801raUfae-nv4WlYJ7\
    2wX_UraePtJXcEeJwbyqmG5R1TOyAgaUud1H94TbHYPFsJmwXiyGrAkyZQmBpwLfnz95w8WZOv5Rzl6MSPx_Um\
    WU8t1yF_OEYeI52E97ToKrwbRCeljKApdLwPfmaGY1PH8GWO7Dl9vxpLFPd0NZ0YX8VtAKOwWXupDcWUoKkwQ6\
    pB4s8OqAY5wWaY5c4HeDyl8ymNJsBBJ9S8wvFE9nDDYQ
    """,
    "fromFuture": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwNDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.KmL0npQxQ0dk8PpR_IqVArK8O1PKsMY7IXqjctCSgObVrHzXO9MPlca6OQNPngg\
    0Upz2hxF8idRhkRVlcm08riHxi-t-L9DsKsFSvoE_TnGVp0z7mtXQWINzkxGG10gCDJ0uAtY4kQfWZAoZ-uQWP\
    nmikYtZA6dFbEdPm2tsQnyfpDS7z1esJhxOlYUdx5VdfTQizMUyNfB8Qyvbm_eeA-j3Ezg4p1ji-Q4DllYAHJC\
    zBx1LG_AJKPmW05UziWzRIbPd-5XOxSA1Ri1EvepObpvwKJv7qXBn7OuxMVvSxckUiPlDLa_oxlH_A6jdAV5RF\
    gw3zgXH8asRfrNIddk3bQ
    """,
    "noSubject": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6IiIsImF1ZCI6IndheW1hcmsiLCJpYXQiOjE3OTAwMDAwMDAsImV4cCI6MTc5MDAwMDYw\
    MCwibm9uY2UiOiJuLTEiLCJlbWFpbCI6ImFubkBleGFtcGxlLm9yZyIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLC\
    JuYW1lIjoiQW5uIn0.XoUnMUHkqsE1mYOYTZ1sltkxhr4EGcVdTwN1B90p_kWkJPWXq5kyoZV94sDWwphCMqQM\
    Hq0nZlVhUylZtejeZ5Hs40uNozNJ1r8gR0AJu71eVI_r4U7pi83oi4FNnSUzqiuQA1luvQ47rd_Xd9lDceIdxm\
    x4qshvn8JoRs8mE9zcq02H2sUyuHh94tq7jc9wUMDwYlgd1mNETNRXZuaVnHQEU31lkNp2VbELzBPra0gi8zyv\
    gY4rwFIk4dyIl-3GG22i8RNRboGOLjyNdfaWTAPNOF-X64RXdSz6WzwHQ8yo5XqDppEEYCS9b6ZAuiUQ_WDDhH\
    WLqeF8ZcrckH9duQ
    """,
    "hs256": """
    eyJhbGciOiJIUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.DcdoAUUgshDwmUZUGTs2x_qJPwqRV5nOov6HLJDPJYo
    """,
    "none": """
    eyJhbGciOiJub25lIiwia2lkIjoicjEiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGU\
    ub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAwM\
    DA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dHJ\
    1ZSwibmFtZSI6IkFubiJ9.
    """,
    "rs512": """
    eyJhbGciOiJSUzUxMiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.MO9w1Tj6nTSszVc4aoExSinv048uteK0YzekTGz8aH-XGVJuN8wR7bZJfEac0eC\
    onM6ETrXWjqIysZ18I5LB5n79bSzdoKxfvDhc_X2HUcsnlYJbmdTg82BIP41PWiKwNlZ4ELI-XaiB0abcVb7C1\
    uUCot-xb1OPvwJm2U3k1ZAvRsGK045hOjRnncdwuETrJfXm_nNcxcM7-74aLRlqrPT4ONWhL9YJUZhmU0ht1-4\
    jo_69Jn08ep71EzR5buqgaGPt3gKRyJAZPOE2mfklD_1lPx6bW7ZQl6AE66Me3z6dnoEEAEPVXGbsfJGLlQouD\
    dl52uQ7tZxXxI7C2YDn_Q
    """,
    "otherKey": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.jAfw98NtRs0xqERW43wRKLu1R9g-ng-q8jIazAUKHKa1-HtQZhSYpcwSQS97dT1\
    DWDCtexz9K6_Val1fq7Oqkn9wL-cEwAmabRshe_C37KlRBg-itymwNfd_X0Uhl5WBiAZfJjqrg8GAxvhyx8V2R\
    mqWiYRNcfEW8ED0l3cAQQ2MejJ5TRWy-fWzwCR-iJINlAKjE16L_Hq-G9pBKVxX9j9f7H-FT0TMj3tNT6GmGFw\
    dSQRXAdekwnTOUEKOjnJNps-ebD3CBIFNJuPszAF6ksPyw_lxhGFdcHcUGl5e_qoW076Iu-XLBgPhJEKXQ57gQ\
    US5leU5rD58DlZQ6H8mDA
    """,
    "encryptionKey": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6ImVuYyIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wb\
    GUub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTA\
    wMDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6d\
    HJ1ZSwibmFtZSI6IkFubiJ9.oOm_P9JZSb0hVzf0G3beecUE02yJ6BX2XUq5aVsO-8Mw4B3_UcLdMlaasDPkao\
    ahngiZdiq0fqrPoQJpMcGhN02AIxwVDnC__-yQ4wNnf_dPXFxk8I8e2E6eD5buebWpwabz29NIvH0pzU6nDVaN\
    7X_hdPhFYGn5A1zUlJ-vgykMkxEiiHMyv5TIfScdi_OVQ4rgJB5sWG6YBBRm0lw-Ck_fmd3wpCtulVQuDAcSzG\
    U_82UWMQ-tfIShe8a_gqBH4hBJHFR8dEHmk0PSquFrle06Z97NscE-gvGbIDI0oWPRFwYyMfX36Pnx1MB0O0tM\
    Qmhz7VPgbmIxJWtyBfzZmA
    """,
    "unknownKey": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InI5IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.TLV9057_J7jBa53f5axfC9aIlZTQvzQ5LxSKOHJB4lEsEh70yIdnvIaKBY9xtmv\
    Q5-L1zuiQ3htJ18CCYs-w0dP3mtnobo7S5tpLYrewWzrCL6Oi2YSDbz2ntGi6WoKz37zOdbKn5csgAsU49ATu6\
    -CbFCw8-hoYBRCHd-Bl1GEi0KkJYx3_d3Seb0xBaXoCfLmcr7_0bz7jy_4ywdsq8U1tNikSnz8PmUge9WlD5sn\
    a8FKL4i13O20AARStgUCV6_tBX54TwGifCCTr5xmmaBy54SBZftK2Kmu__6yWW0Ad69hHNYt8TqJ3LVSkEn3bX\
    wHHr6yFaemhEJtrTsErTg
    """,
    "weakKey": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6IndlYWsiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1\
    wbGUub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3O\
    TAwMDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI\
    6dHJ1ZSwibmFtZSI6IkFubiJ9.2o-AohplvnlR0YYw5Cnaiyaj-Iez2-Hw6OfHnPSFwLuTXRsYzmyznlDYJPrl\
    ZfoUeE7nHJETfrlZnOcKjyw6dR6stn-BkkUMSn21-OkgQDoKtlnGioV2dzBbP6wJ5aLjgcAnEgShuUX878FPvJ\
    NtsdIV3EyNC369XyIa5w25ANk
    """,
    "critical": """
    eyJhbGciOiJSUzI1NiIsImNyaXQiOlsiZXhwIl0sImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodH\
    RwczovL2lkLmV4YW1wbGUub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAw\
    MDAwLCJleHAiOjE3OTAwMDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbW\
    FpbF92ZXJpZmllZCI6dHJ1ZSwibmFtZSI6IkFubiJ9.HiMbG78VjoxRvDN6mTCuzqIuBzkbLW4_10y0TAlq8JW\
    oOkwsB5oNVCYyKN3DRckeYdy6dFbteLrSXcPvC5sTOa-dlniByuc5aWV-v4kqnFk0_BePZukWz-xttwBOwcVJ2\
    a_ZiZw4BD53sjl4_xk6Wge-ZJTAZvCxTZPsK-wfd_cHsw5ZCnKjFH04GNiZ8fAdrOIVmBTr_1A0eFJjCMDqR-1\
    fFqo20Z6v4oazw3lUK8STeyIDFkYqeq4EspzfHThfrQSdS9g42icXGHPMrP1H8Aswr-JJOHQKEneeXIf7_0TRh\
    RyiluhpTxWxvRCgzBru13yIDkimzLZke36GEdYlaQ
    """,
    "withoutClaims": """
    eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyJ9.RykwY52q4KyCOICw7Umtu9prTz1LVr8131fPpQw3Ghhgq9SmKEARaCwzJVXVUvhWdFfAyj8uQ81\
    hC7XXOOkFMFIwTX2S5XqKBBLYv2j1pT3aV2YOGId_KJfJTcU6c4bKUThEaii7wp1IStGCiRmKW96QlPgYaV68x\
    oNQedomvv4b0sRGfx7JnHySW4spVpSwaBZSZ53fClHf1eD8WW6JMMWqrfFdtyVGzM0AohvesP_n6zMdzcGF_6Y\
    e96cRXdelYpQxu05zmT8Dso-KkQz55RuxLWt2fDnbqA7xOlyEMQrfFgyRC1e4YfAC6usTdyvqXuAEnLYsJliPu\
    KzKeBv_Hw
    """,
    "kindsMixed": """
    eyJhbGciOiJFUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG\
    Uub3JnLyIsInN1YiI6InUtMTciLCJhdWQiOiJ3YXltYXJrIiwiaWF0IjoxNzkwMDAwMDAwLCJleHAiOjE3OTAw\
    MDA2MDAsIm5vbmNlIjoibi0xIiwiZW1haWwiOiJhbm5AZXhhbXBsZS5vcmciLCJlbWFpbF92ZXJpZmllZCI6dH\
    J1ZSwibmFtZSI6IkFubiJ9.7r80Z5Ez-cO-5bAdo0zJaUzs8VuHXWMS3GpsW9UmFx8PTQaXTX1HA1pt_bvloR3\
    FqxLIE14UmoiB-dUM_GBhgQ
    """,
  ]
}
