#include <curl/curl.h>

/* Functions with any number of arguments, which Swift doesn't call, by the kinds of those. */
static inline CURLcode waymark_curl_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waymark_curl_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waymark_curl_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waymark_curl_bytes(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waymark_curl_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}
/* Which schemes may be called, as names and as numbers; libcurl reads names since 7.85, and numbers
   until 8. */
static inline CURLcode waymark_curl_schemes(CURL *handle, const char *names, long numbers) {
#if LIBCURL_VERSION_NUM >= 0x075500
  (void)numbers;
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, names);
  return code ? code : curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, names);
#else
  (void)names;
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS, numbers);
  return code ? code : curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, numbers);
#endif
}
static inline CURLcode waymark_curl_receive(
    CURL *handle, size_t (*body)(char *, size_t, size_t, void *),
    size_t (*header)(char *, size_t, size_t, void *), void *context) {
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  return curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}
/* What is sent is read from `give`; `say` hears the commands of the conversation. */
static inline CURLcode waymark_curl_send(
    CURL *handle, size_t (*give)(char *, size_t, size_t, void *),
    int (*say)(CURL *, curl_infotype, char *, size_t, void *), void *context) {
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(handle, CURLOPT_READDATA, context);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, say);
  return curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
}
static inline CURLcode waymark_curl_open(
    CURL *handle, curl_socket_t (*open)(void *, curlsocktype, struct curl_sockaddr *),
    void *context) {
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open);
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
}
static inline CURLcode waymark_curl_watch(
    CURL *handle, int (*watch)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t),
    void *context) {
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch);
  return curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
}
static inline CURLcode waymark_curl_status(CURL *handle, long *status) {
  return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}
